//go:build !linux

package pgtest

import "os/exec"

// PostgreSQL is run on Linux alone, where what we start can be made to end
// with us.

func giveAway(string) error { return ErrMissing }

func asUser(cmd *exec.Cmd) *exec.Cmd { return cmd }

func serve(*exec.Cmd) (*server, error) { return nil, ErrMissing }

func (s *server) stop() error { return nil }
