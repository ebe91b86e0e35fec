package main

import (
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
)

func TestDescribeBuild(t *testing.T) {
	t.Parallel()
	system := runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
	for _, test := range []struct {
		version  string
		settings []debug.BuildSetting
		want     string
	}{
		{"", nil, "careerbot devel (" + system + ")"},
		{"(devel)", nil, "careerbot devel (" + system + ")"},
		{"v1.2.0", nil, "careerbot v1.2.0 (" + system + ")"},
		{"v1.2.0", []debug.BuildSetting{
			{Key: "vcs.revision", Value: strings.Repeat("0123456789abcdef", 3)[:40]},
			{Key: "vcs.time", Value: "2026-11-23T18:00:00Z"},
			{Key: "vcs.modified", Value: "true"},
		}, "careerbot v1.2.0 (commit 0123456789ab of 2026-11-23T18:00:00Z with changes, " + system + ")"},
	} {
		info := &debug.BuildInfo{Main: debug.Module{Version: test.version}, Settings: test.settings}
		if got := describeBuild(info); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}
