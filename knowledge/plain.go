package knowledge

// String gives the passage as one text: "Apprenticeship: learn on the job".
func (p Passage) String() string {
	if p.Lead == "" {
		return p.Text
	}
	return p.Lead + ": " + p.Text
}
