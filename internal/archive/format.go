package archive

import (
	"encoding/json"
	"io"
	"time"

	"github.com/tongban/tongban/internal/audit"
	"github.com/tongban/tongban/internal/clock"
)

// Format names the form of a package.
const Format = "tongban-case-archive/1"

// Package 电子档案 is everything that a closed case leaves behind.
type Package struct {
	Case    Case
	Clocks  []clock.Proof // as Case.Clocks lists them
	Log     Log
	Notices []Content // canonical contents, as Case.Notices lists them
	Prints  []Content // laid out for print; Path "" where there is none
	Files   []Content // materials, as Case.Materials names them by path
}

// Content is the content of one entry. Open is called once.
type Content struct {
	Path string
	Open func() (io.ReadCloser, error)
}

// Case is case.json: the case in words and values. Instants are RFC 3339.
type Case struct {
	Format    string      `json:"format"`
	Platform  string      `json:"platform"` // address
	No        string      `json:"no"`       // 办件编号
	Item      ItemRef     `json:"item"`
	Unit      UnitRef     `json:"unit"`      // who decided
	Receiving UnitRef     `json:"receiving"` // whose windows received it
	Applicant string      `json:"applicant"`
	HandedIn  string      `json:"handedInBy,omitempty"` // agent or clerk
	Channel   string      `json:"channel"`
	State     Word        `json:"state"`
	Outcome   Word        `json:"outcome"`
	Submitted time.Time   `json:"submittedAt"`
	Accepted  time.Time   `json:"acceptedAt,omitzero"`
	Decided   time.Time   `json:"decidedAt,omitzero"`
	Closed    time.Time   `json:"closedAt"`
	As        time.Time   `json:"as"` // the last thing that had happened: the package says how things stood then
	Masked    bool        `json:"masked,omitempty"`
	Form      []Answer    `json:"form"`
	Delivery  []Answer    `json:"delivery"`
	Materials []Material  `json:"materials"`
	Tasks     []Task      `json:"tasks"`
	Events    []Event     `json:"events"`
	Notices   []Notice    `json:"notices"`
	Clocks    []ClockRef  `json:"clocks"`
	Licence   *LicenceRef `json:"licence,omitempty"`
}

// ItemRef names the item and the guide version that the case kept.
type ItemRef struct {
	Code      string `json:"code"`
	Name      string `json:"name"`
	Type      string `json:"type"`
	GuideNo   int    `json:"guideVersion"`
	GuideHash string `json:"guideHash"` // SM3 of the guide's canonical content
}

// UnitRef names a unit.
type UnitRef struct {
	Name string `json:"name"`
	USCC string `json:"uscc,omitempty"`
}

// Word is a code with its Chinese name.
type Word struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// Answer is a labelled value; a table has rows.
type Answer struct {
	Label string     `json:"label"`
	Text  string     `json:"text,omitempty"`
	Heads []string   `json:"heads,omitempty"`
	Rows  [][]string `json:"rows,omitempty"`
}

// Material is one material with what was handed in for it.
type Material struct {
	Code    string      `json:"code"`
	Name    string      `json:"name"`
	Paper   bool        `json:"paper,omitempty"` // original seen at the window
	Licence *LicenceRef `json:"licence,omitempty"`
	Files   []FileRef   `json:"files,omitempty"`
}

// LicenceRef names a licence.
type LicenceRef struct {
	Name       string `json:"name,omitempty"`
	Number     string `json:"number,omitempty"`
	Identifier string `json:"identifier"`
}

// FileRef is a file that was handed in.
type FileRef struct {
	Path string    `json:"path"` // in the package
	Name string    `json:"name"` // as the person's device called it
	Type string    `json:"type"` // media type
	Size int64     `json:"size"`
	SM3  string    `json:"sm3"` // as the platform stored it when it came in
	At   time.Time `json:"at"`
}

// Task is one step with who did it. Opinions are in packages of staff alone.
type Task struct {
	Name    string    `json:"name"`
	Unit    string    `json:"unit"`
	State   string    `json:"state"`
	Done    time.Time `json:"doneAt,omitzero"`
	By      string    `json:"by,omitempty"`
	Agree   *bool     `json:"agree,omitempty"`
	Opinion string    `json:"opinion,omitempty"`
}

// Event 过程记录.
type Event struct {
	At      time.Time `json:"at"`
	Act     string    `json:"act"`
	Name    string    `json:"name"`
	By      string    `json:"by,omitempty"`
	From    string    `json:"from,omitempty"`
	To      string    `json:"to"`
	Article string    `json:"article,omitempty"`
	Note    string    `json:"note,omitempty"`
	Notice  string    `json:"notice,omitempty"` // number of the document it made
	Logged  bool      `json:"logged"`           // there is an audit record case.ACT of the same instant
}

// Notice 文书.
type Notice struct {
	Kind   string    `json:"kind"`
	Title  string    `json:"title"`
	Number string    `json:"number"`
	At     time.Time `json:"at"`
	SM3    string    `json:"sm3"`  // of the content, fixed in the act
	Path   string    `json:"path"` // canonical content
	Print  string    `json:"print,omitempty"`
	Served *Served   `json:"served,omitempty"`
}

// Served 送达 is how and when a notice reached its addressee.
type Served struct {
	Way     string    `json:"way"`
	Name    string    `json:"name"` // of the way, in Chinese
	At      time.Time `json:"at"`
	By      string    `json:"receivedBy,omitempty"`
	Waybill string    `json:"waybill,omitempty"`
	Photo   *FileRef  `json:"photo,omitempty"`
}

// ClockRef names the proof of a limit.
type ClockRef struct {
	Path string `json:"path"`
	Name string `json:"name"`
	Due  string `json:"due,omitempty"` // last day
}

// Log is log.json: the audit records of the case with their proofs, and the
// keys to check them with.
type Log struct {
	Origin string   `json:"origin"` // name of the log
	Keys   []string `json:"keys"`   // verifier keys, in the note package's text form
	audit.Extract
}

// Manifest 清单 is manifest.json: every entry but itself and its seal.
type Manifest struct {
	Format string  `json:"format"`
	Case   string  `json:"case"`
	Files  []Entry `json:"files"` // in the order of the package
}

// Entry is one file with its hashes.
type Entry struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SM3    string `json:"sm3"`
	SHA256 string `json:"sha256"`
}

// text is canonical JSON: indented by one space, closed by a line feed.
func text(v any) []byte {
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		panic("archive: " + err.Error()) // strings, numbers, times
	}
	return append(b, '\n')
}
