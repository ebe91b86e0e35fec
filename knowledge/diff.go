package knowledge

import "strings"

// diffContext is how many unchanged lines are shown around changed ones.
const diffContext = 2

// Diff shows what changes from one text to another, line by line: "- " before
// a line that goes, "+ " before one that comes, two spaces before one that
// stays, and "…" for those left out because nothing near them changes. It is
// empty if nothing changes at all.
func Diff(before, after []byte) string {
	lines := diffLines(splitLines(before), splitLines(after))
	near := make([]bool, len(lines))
	for i, l := range lines {
		if l[0] == ' ' {
			continue
		}
		for j := max(0, i-diffContext); j <= min(len(lines)-1, i+diffContext); j++ {
			near[j] = true
		}
	}
	var b strings.Builder
	for i, l := range lines {
		switch {
		case near[i]:
			b.WriteString(l + "\n")
		case i == 0 || near[i-1]:
			b.WriteString("…\n")
		}
	}
	if b.String() == "…\n" {
		return ""
	}
	return b.String()
}

func splitLines(text []byte) []string {
	s := strings.TrimSuffix(string(text), "\n")
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// diffLines marks the lines of both texts by a longest common subsequence.
func diffLines(a, b []string) []string {
	same := 0
	for same < min(len(a), len(b)) && a[same] == b[same] {
		same++
	}
	marked := withMark(nil, "  ", a[:same])
	a, b = a[same:], b[same:]
	end := 0
	for end < min(len(a), len(b)) && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	tail := a[len(a)-end:]
	a, b = a[:len(a)-end], b[:len(b)-end]

	// Two texts beyond this have so little to do with each other that nobody
	// reads what they share line by line.
	const most = 4_000_000
	if len(a)*len(b) > most {
		return withMark(withMark(withMark(marked, "- ", a), "+ ", b), "  ", tail)
	}
	common := make([][]int32, len(a)+1) // common[i][j] is that of a[i:] and b[j:]
	for i := range common {
		common[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	for len(a) > 0 && len(b) > 0 {
		i, j := len(common)-1-len(a), len(common[0])-1-len(b)
		switch {
		case a[0] == b[0]:
			marked = append(marked, "  "+a[0])
			a, b = a[1:], b[1:]
		case common[i+1][j] >= common[i][j+1]:
			marked = append(marked, "- "+a[0])
			a = a[1:]
		default:
			marked = append(marked, "+ "+b[0])
			b = b[1:]
		}
	}
	return withMark(withMark(withMark(marked, "- ", a), "+ ", b), "  ", tail)
}

// withMark appends lines with a mark before each.
func withMark(marked []string, with string, lines []string) []string {
	for _, l := range lines {
		marked = append(marked, with+l)
	}
	return marked
}
