package licence

import (
	"encoding/json"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/errs"
)

// Licence 电子证照.
type Licence struct {
	ID         int64
	Identifier string // 电子证照标识, GB/T 36904
	TypeKey    string
	Name       string // 证照名称
	Number     string // 证照编号; may be an ID number
	Holder     actor.Party
	HolderName string
	IssuerUnit int64
	IssuerName string
	Issued     string // dates
	From       string
	Until      string // empty = long-term
	Status     Status
	Fields     map[string]string
	CaseNo     string
	Hash       string // SM3 of the canonical data, hex
	Signature  []byte // SM2, DER; nil until the job has signed
	SignedAt   time.Time
	Content    []byte // the canonical data that is signed

	Version    int    // 1 as issued first, one more with each change, renewal or copy
	Replaces   int64  // the version before
	ReplacedBy int64  // the version that took its place, 0 if none
	Ended      Ending // why it is no longer valid, empty while it is
}

// Ending 终止原因 says why a licence, or this version of it, is no longer valid.
type Ending string

// The endings.
const (
	Renewed   Ending = "renew"      // 延续: a new version took its place
	Changed   Ending = "change"     // 变更
	Lost      Ending = "replace"    // 补发: this copy was lost or damaged
	Retracted Ending = "retract"    // 撤回 (行政许可法 第八条)
	Struck    Ending = "annul"      // 撤销 (第六十九条)
	Cancelled Ending = "deregister" // 注销 (第七十条)
	ByRuling  Ending = "ruling"     // 行政复议、行政诉讼
)

var endingWords = map[Ending][2]string{
	Renewed: {"已延续，由新版本代替", "Renewed; a new version took its place"}, Changed: {"已变更，由新版本代替", "Changed; a new version took its place"},
	Lost: {"已补发，本件作废", "Replaced; this copy is void"}, Retracted: {"已撤回", "Retracted"}, Struck: {"已撤销", "Annulled"},
	Cancelled: {"已注销", "Deregistered"}, ByRuling: {"依据行政复议、行政诉讼结果失效", "Lost its effect by a ruling"},
}

// Words gives the ending for people.
func (e Ending) Words() (zh, en string) { w := endingWords[e]; return w[0], w[1] }

// Content is the canonical data of a licence; its JSON bytes are hashed and
// signed. The names are those of the metadata standard GB/T 36903.
type Content struct {
	Identifier    string            `json:"certificateIdentifier"`
	Name          string            `json:"certificateName"`
	TypeCode      string            `json:"certificateTypeCode"`
	Number        string            `json:"certificateNumber"`
	Version       string            `json:"certificateVersion"`
	Authority     string            `json:"certificateIssuingAuthorityName"`
	AuthorityCode string            `json:"certificateIssuingAuthorityCode"`
	IssuedDate    string            `json:"certificateIssuedDate"`
	HolderName    string            `json:"certificateHolderName"`
	HolderCode    string            `json:"certificateHolderCode"`
	HolderType    string            `json:"certificateHolderTypeName"`
	EffectiveDate string            `json:"certificateEffectiveDate"`
	ExpiringDate  string            `json:"certificateExpiringDate,omitempty"`
	ItemName      string            `json:"relatedItemName,omitempty"`
	Extend        map[string]string `json:"extendInfo"`
}

// Type 证照类型 (清单化管理).
type Type struct {
	Key           string      `json:"key"`
	Name          string      `json:"name"`
	Code          string      `json:"code"` // 证照类型代码, 21 characters
	DefinedBy     string      `json:"definedBy"`
	DefinedByUSCC string      `json:"definedByUSCC"`
	Holder        string      `json:"holder"` // "person" or "entity"
	Fields        []TypeField `json:"fields"`
	Years         int         `json:"years,omitempty"`
	Replaces      string      `json:"replaces"`
	Sharing       string      `json:"sharing"`
	Synthetic     bool        `json:"synthetic,omitempty"`
}

// TypeField is one entry on a licence of the type.
type TypeField struct {
	Key       string `json:"key"`
	Title     string `json:"title"`
	TitleEN   string `json:"titleEn,omitempty"`
	Sensitive bool   `json:"sensitive,omitempty"`
}

// Status 证照状态, by the codes in use for national types.
type Status string

// The eight statuses.
const (
	Valid        Status = "01" // 有效
	Suspended    Status = "02" // 暂扣
	Annulled     Status = "03" // 撤销
	Deregistered Status = "04" // 注销
	Expired      Status = "05" // 失效
	MovedOut     Status = "06" // 办理转出
	Revoked      Status = "07" // 吊销
	Other        Status = "99" // 其他
)

var statusWords = map[Status][2]string{
	Valid: {"有效", "Valid"}, Suspended: {"暂扣", "Suspended"}, Annulled: {"撤销", "Annulled"}, Deregistered: {"注销", "Deregistered"},
	Expired: {"失效", "Expired"}, MovedOut: {"办理转出", "Moved out"}, Revoked: {"吊销", "Revoked"}, Other: {"其他", "Other"},
}

// Words gives the status's name for people.
func (s Status) Words() (zh, en string) { w := statusWords[s]; return w[0], w[1] }

// On tells the status on a date: a licence past its validity has expired even
// where nobody has recorded it.
func (l *Licence) On(date string) Status {
	if l.Status == Valid && l.Until != "" && date > l.Until {
		return Expired
	}
	return l.Status
}

// ErrNoLicence is the error for an identifier that no licence has.
var ErrNoLicence = errs.New(errs.NotFound, "licence-not-found", "没有查到这份电子证照。", "There is no such licence.")

func (c Content) canonical() []byte {
	b, err := json.Marshal(c)
	if err != nil {
		panic("licence: strings did not marshal: " + err.Error())
	}
	return b
}
