package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print which Careerbot this is",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(p.stdout, version())
			return err
		},
	}
}

// release is the version of the program, "devel" where its builder gave none.
func release() string { return releaseOf(buildInfo()) }

// version tells which Careerbot this is, as far as its builder recorded it.
func version() string { return describeBuild(buildInfo()) }

func buildInfo() *debug.BuildInfo {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return new(debug.BuildInfo)
	}
	return info
}

func releaseOf(info *debug.BuildInfo) string {
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	return "devel"
}

// describeBuild renders a build: "careerbot v1.2.0 (commit 0123456789ab of
// 2026-11-23T18:00:00Z, go1.26.8 linux/amd64)".
func describeBuild(info *debug.BuildInfo) string {
	set := map[string]string{}
	for _, s := range info.Settings {
		set[s.Key] = s.Value
	}
	commit := ""
	if revision := set["vcs.revision"]; revision != "" {
		commit = "commit " + revision[:min(12, len(revision))]
		if at := set["vcs.time"]; at != "" {
			commit += " of " + at
		}
		if set["vcs.modified"] == "true" {
			commit += " with changes"
		}
		commit += ", "
	}
	return fmt.Sprintf("careerbot %s (%s%s %s/%s)", releaseOf(info), commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
