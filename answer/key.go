package answer

// Key is the same for questions that are put in the same words, however they
// are spelt, and in which a career is named by whatever name of its.
func (a *Answerer) Key(text string) string {
	s := a.view("")
	return exactKey(s.unnamed(flat(a.read(s, text))))
}
