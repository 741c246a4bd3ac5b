package catalog

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/tongban/tongban/internal/files"
	"github.com/tongban/tongban/internal/sm"
)

// GuideFile 空白表格、示例样表 is an uploaded file that a material of a guide names.
// Another name, kind or content is another file with another key, so whoever
// has one may keep it for good.
type GuideFile struct {
	Key  string // in its address: 24 hexadecimal characters
	File int64  // in the files room
	Name string // as whoever uploaded it called it
	Size int64  // bytes
	Type files.Type
}

// Address is what the material says: the file's address on the platform.
func (f GuideFile) Address() string { return guideFiles + f.Key }

// guideFiles is where everybody gets the files of published guides.
const guideFiles = "/files/"

// GuideFileTypes are the kinds of blank forms and filled-in examples.
func GuideFileTypes() []files.Type { return files.Materials() }

// GuideFileMost is the largest blank form or filled-in example, bytes.
const GuideFileMost = 20 << 20

// NewGuideFile names a stored file that a material is about to refer to.
func NewGuideFile(ref files.Ref, name string) GuideFile {
	sum := sm.SM3Hex([]byte(strings.Join([]string{ref.Hash, string(ref.Type), name}, "\n")))
	return GuideFile{Key: sum[:24], File: ref.ID, Name: name, Size: ref.Size, Type: ref.Type}
}

var fileKey = regexp.MustCompile(`^[0-9a-f]{24}$`)

// FileKey gives the key in the address of an uploaded file; false for any other
// address.
func FileKey(address string) (string, bool) {
	key, ok := strings.CutPrefix(address, guideFiles)
	return key, ok && fileKey.MatchString(key)
}

// addressMost is the longest address of a file elsewhere.
const addressMost = 500

// soundAddress reports whether a material may name a file so: an uploaded one,
// or a whole https address.
func soundAddress(address string) bool {
	if _, ok := FileKey(address); ok {
		return true
	}
	if len(address) > addressMost || strings.ContainsFunc(address, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return false
	}
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil
}

// uploadNote says in a draft's history which uploaded files came into its guide.
func uploadNote(g *Guide, fresh []GuideFile) string {
	var names []string
	for _, n := range g.namedFiles() {
		if i := slices.IndexFunc(fresh, func(f GuideFile) bool { return f.Key == n.key }); i >= 0 {
			names = append(names, fresh[i].Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "上传文件：" + strings.Join(names, "、")
}

// namedFile is an uploaded file where a guide names it.
type namedFile struct {
	key  string
	path string // "materials/m01/blankForm"
	what words
}

// namedFiles lists the uploaded files that a guide names, each once, by key.
func (g *Guide) namedFiles() []namedFile {
	var out []namedFile
	for _, m := range g.Materials {
		for _, x := range []namedFile{{m.BlankForm, "blankForm", words{ZH: "空白表格", EN: "blank form"}}, {m.SampleFile, "sampleFile", words{ZH: "示例样表", EN: "filled-in example"}}} {
			if key, ok := FileKey(x.key); ok {
				out = append(out, namedFile{key, loc("materials", m.Code, x.path), x.what})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b namedFile) int { return strings.Compare(a.key, b.key) })
	return slices.CompactFunc(out, func(a, b namedFile) bool { return a.key == b.key })
}
