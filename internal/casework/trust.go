package casework

import "github.com/tongban/tongban/internal/catalog"

// Trust 证照可信等级 says how far what was handed in may be relied on (国办函
// 〔2016〕108号): the highest that its proof bears. Empty where nothing was
// handed in.
type Trust string

// The levels.
const (
	TrustA Trust = "A" // 电子证照: made by who issues it
	TrustB Trust = "B" // 窗口核验: a clerk has seen the original
	TrustC Trust = "C" // 用户上传: the original has to be seen before it is used
	TrustD Trust = "D" // 自制承诺: made by the applicant, who answers for its truth
)

var trustWords = map[Trust][2]string{
	TrustA: {"A级：电子证照", "A: licence of the issuer"}, TrustB: {"B级：窗口已核原件", "B: original seen at the window"},
	TrustC: {"C级：自行上传，使用前须核原件", "C: uploaded, the original is still to be seen"},
	TrustD: {"D级：自制并承诺真实", "D: made by the applicant, promised true"},
}

// Words gives the level's name for people.
func (t Trust) Words() (zh, en string) { w := trustWords[t]; return w[0], w[1] }

// TrustOf grades what was handed in for a material. What the applicant makes
// himself has no original elsewhere: the truth statement of the form is its
// promise.
func TrustOf(h Handed, m catalog.Material) Trust {
	switch {
	case h.Empty():
		return ""
	case h.Licence != nil:
		return TrustA
	case h.Paper:
		return TrustB
	case m.Source == "self":
		return TrustD
	}
	return TrustC
}
