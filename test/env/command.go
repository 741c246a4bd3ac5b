package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// patience is how long a command may take to end after the first signal.
const patience = 20 * time.Second

// runCommand runs the command, hands on signals, and gives back its exit code.
// Away from a terminal the command leads a process group of its own, so that
// a signal reaches all it started and nothing of it stays behind. At a
// terminal it stays in the group of the shell, where Ctrl-C reaches it and
// where it may read from the keyboard.
func runCommand(argv, env []string, signals <-chan os.Signal) (int, error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = env
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	ownGroup := !isTerminal(os.Stdin)
	if ownGroup {
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	}
	if err := cmd.Start(); err != nil {
		return 127, err
	}
	target := cmd.Process.Pid
	if ownGroup {
		target = -target
		defer func() { _ = syscall.Kill(target, syscall.SIGKILL) }()
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()

	var stopped os.Signal
	var giveUp <-chan time.Time
	for {
		select {
		case err := <-done:
			return exitCode(err, stopped)
		case s := <-signals:
			if stopped == nil {
				stopped = s
				giveUp = time.After(patience)
			}
			_ = syscall.Kill(target, s.(syscall.Signal))
		case <-giveUp:
			fmt.Fprintf(os.Stderr, "test/env: the command did not end within %s of the signal\n", patience)
			_ = syscall.Kill(target, syscall.SIGKILL)
		}
	}
}

// exitCode follows the shell: 128 + signal for a command that a signal ended.
// A command that we were told to stop never counts as a success.
func exitCode(err error, stopped os.Signal) (int, error) {
	code := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		code = exit.ExitCode()
		if ws, ok := exit.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
			code = 128 + int(ws.Signal())
		}
	case err != nil:
		return 1, err
	}
	if s, ok := stopped.(syscall.Signal); ok && code == 0 {
		code = 128 + int(s)
	}
	return code, nil
}

// isTerminal tells whether somebody may sit at f: a character device that is
// not /dev/null.
func isTerminal(f *os.File) bool {
	fi, err := f.Stat()
	if err != nil || fi.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	null, err := os.Stat(os.DevNull)
	return err != nil || !os.SameFile(fi, null)
}

// watchParent asks for a stop when the process that started us goes away:
// “go run” does not hand on SIGTERM.
func watchParent(signals chan<- os.Signal) {
	parent := os.Getppid()
	for range time.Tick(500 * time.Millisecond) {
		if os.Getppid() != parent {
			signals <- syscall.SIGTERM
			return
		}
	}
}
