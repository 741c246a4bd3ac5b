package api

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tongban/tongban/internal/errs"
)

// ID is the key of a thing: a decimal number of up to 19 digits, written as a
// string, since many programs read JSON numbers as floating point.
type ID int64

// idPattern is what an ID looks like.
const idPattern = `^[1-9][0-9]{0,18}$`

// MarshalText writes the digits.
func (i ID) MarshalText() ([]byte, error) { return strconv.AppendInt(nil, int64(i), 10), nil }

// UnmarshalText reads the digits.
func (i *ID) UnmarshalText(text []byte) error {
	n, err := strconv.ParseInt(string(text), 10, 64)
	*i = ID(n)
	return err
}

// IsZero lets omitzero leave it out.
func (i ID) IsZero() bool { return i == 0 }

// Schema describes it.
func (ID) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "int64", Pattern: idPattern, Examples: []any{"7318349394477056"}}
}

// Answers are a form's answers as they came: one JSON object, read by the form
// of the pinned guide version.
type Answers []byte

// MarshalJSON writes them as they are.
func (a Answers) MarshalJSON() ([]byte, error) {
	if len(a) == 0 {
		return []byte("{}"), nil
	}
	return a, nil
}

// UnmarshalJSON keeps a copy of the text.
func (a *Answers) UnmarshalJSON(text []byte) error {
	*a = append((*a)[:0], text...)
	return nil
}

// Schema describes it.
func (Answers) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true,
		Description: "Answers by field name; GET /items/{code}/form gives the JSON Schema."}
}

var errCursor = errs.New(errs.Malformed, "bad-cursor", "翻页位置不正确，请从第一页重新开始。", "The page cursor is not valid; start from the first page.").
	With(errs.Field{Path: "cursor", Code: "cursor", ZH: "应为上一页答复中的 next", EN: "The next of the page before"})

// cursor makes a position in one list opaque; empty stays empty. list keeps a
// cursor from being used with another list.
func cursor(list, at string) string {
	if at == "" {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(list + " " + at))
}

// position is the way back.
func position(list, cursor string) (string, error) {
	if cursor == "" {
		return "", nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil {
		return "", errCursor
	}
	at, ok := strings.CutPrefix(string(b), list+" ")
	if !ok || at == "" {
		return "", errCursor
	}
	return at, nil
}

// after is cursor for lists by id.
func after(list string, id int64) string {
	if id == 0 {
		return ""
	}
	return cursor(list, strconv.FormatInt(id, 10))
}

// behind is the way back of after, 0 at the start.
func behind(list, cursor string) (int64, error) {
	at, err := position(list, cursor)
	if err != nil || at == "" {
		return 0, err
	}
	id, err := strconv.ParseInt(at, 10, 64)
	if err != nil || id <= 0 {
		return 0, errCursor
	}
	return id, nil
}
