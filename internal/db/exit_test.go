package db_test

import "runtime"

func exit() { runtime.Goexit() }
