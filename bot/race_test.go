//go:build race

package bot

// underRace is whether the race detector is on, under which all takes several
// times as long.
const underRace = true
