// Package command runs the commands of the program as an operator types them,
// and looks at what they print, their exit codes and what is on the disk.
//
//	tongban ARGS ──► exit code, stdout, stderr, files
//	   ▲
//	   └── a copy of one demonstration, made once, or a folder that is empty
//
// It has tests alone. What the pages and the API do is for test/journey, what a
// crash leaves is for test/fault.
package command
