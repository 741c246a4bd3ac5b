// Package sample holds the sample city: an import folder such as a city writes
// for itself. It is demonstration data; README.md says what is invented.
package sample

import "embed"

// City is the folder.
//
//go:embed *.yaml items/*.yaml
var City embed.FS
