package pgtest

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"os/user"
	"runtime"
	"strconv"
	"syscall"
)

// other is the user as whom PostgreSQL runs if we are root, whom it refuses.
func other() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")
}

// giveAway makes the folder belong to the user as whom PostgreSQL runs.
func giveAway(dir string) error {
	credential, err := other()
	if err != nil || credential == nil {
		return err
	}
	return os.Chown(dir, int(credential.Uid), int(credential.Gid))
}

// asUser makes a command run as that user, in a folder where they may be.
func asUser(cmd *exec.Cmd) *exec.Cmd {
	cmd.Dir = "/"
	credential, err := other()
	if err != nil {
		cmd.Err = err
		return cmd
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: credential}
	return cmd
}

// serve starts a server that ends when we do. The kernel ends it with the
// thread that started it, so that one waits for it.
func serve(cmd *exec.Cmd) (*server, error) {
	s := &server{cmd: asUser(cmd), out: new(bytes.Buffer), ended: make(chan struct{})}
	if s.cmd.Err == nil {
		s.cmd.SysProcAttr.Pdeathsig = syscall.SIGQUIT
	}
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.out
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := s.cmd.Start()
		started <- err
		if err == nil {
			s.err = s.cmd.Wait()
			close(s.ended)
		}
	}()
	return s, <-started
}

// stop ends the server without waiting for its clients.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGQUIT); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-s.ended
	return nil
}
