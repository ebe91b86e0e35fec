package answer

import (
	"os"
	"testing"

	"github.com/careerbot/careerbot/knowledge"
)

func BenchmarkNew(b *testing.B) {
	base, _ := knowledge.LoadDir(os.Getenv("KB"))
	for b.Loop() {
		if _, err := New(base); err != nil {
			b.Fatal(err)
		}
	}
}
