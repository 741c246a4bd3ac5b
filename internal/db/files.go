package db

import (
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"
)

// files is a folder of texts in memory, for goose: name to text.
type files map[string]string

// Open implements fs.FS.
func (f files) Open(name string) (fs.File, error) {
	if name == "." {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	text, ok := f[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &file{Reader: strings.NewReader(text), name: name}, nil
}

// ReadDir implements fs.ReadDirFS; there is one folder.
func (f files) ReadDir(name string) ([]fs.DirEntry, error) {
	if name != "." {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	var list []fs.DirEntry
	for _, n := range slices.Sorted(maps.Keys(f)) {
		list = append(list, fs.FileInfoToDirEntry(&file{Reader: strings.NewReader(f[n]), name: n}))
	}
	return list, nil
}

// file is an open text and its own description.
type file struct {
	*strings.Reader
	name string
}

func (f *file) Stat() (fs.FileInfo, error) { return f, nil }
func (f *file) Close() error               { return nil }
func (f *file) Name() string               { return f.name }
func (f *file) Mode() fs.FileMode          { return 0o444 }
func (f *file) ModTime() time.Time         { return time.Time{} }
func (f *file) IsDir() bool                { return false }
func (f *file) Sys() any                   { return nil }
