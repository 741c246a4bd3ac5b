package deliver

import (
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/errs"
)

// Parcel 待送达的结果 is what a case hands over on paper.
type Parcel struct {
	ID              int64
	CaseID          int64
	CaseNo          string
	ItemName        string
	Party           actor.Party // without the name
	ReceivingUnitID int64       // whose window hands it out or posts it
	State           State
	Provider        string // AtWindow or ByCourier, of the last posting
	OrderNo         string // 寄递单号, the courier's key for it
	Attempts        int    // how often it was posted
	Cabinet         string // key of the cabinet
	Compartment     int    // 格口, from 1
	CodeUntil       time.Time
	Version         int64
	CreatedAt       time.Time
	MovedAt         time.Time // since when it is in its state
	Secret

	codeHash string
	shownTo  int64 // clerk to whom its code was shown
	shownAt  time.Time
}

// Secret is what a parcel holds about people, sealed at rest.
type Secret struct {
	To       Address   `json:"to,omitzero"`
	Waybill  string    `json:"waybill,omitempty"`  // courier and number
	Code     string    `json:"code,omitempty"`     // 取件码, for its owner's eyes; found by a keyed hash
	SignedBy string    `json:"signedBy,omitempty"` // who signed for it
	SignedAt time.Time `json:"signedAt,omitzero"`
	Claim    string    `json:"claim,omitempty"` // 索赔登记
}

// Address 收件地址.
type Address struct {
	Name    string `json:"name"`
	Phone   string `json:"phone"`
	Address string `json:"address"`
}

// Track 寄递轨迹 is one line of where a parcel was.
type Track struct {
	At      time.Time
	News    News
	OrderNo string
	Text    string
}

// CodeLength 取件码位数.
const CodeLength = 8

// SpacedCode is a pick-up code as people read it: 1234 5678.
func SpacedCode(code string) string {
	if len(code) != CodeLength {
		return code
	}
	return code[:4] + " " + code[4:]
}

// View is a parcel as somebody concerned may see it.
type View struct {
	Parcel
	Tracks  []Track // the newest first
	Where   string  // name and place of the cabinet
	Postage string  // who pays the postage, in the city's words
	Courier string  // name of the connected courier; "": none
	Spaces  []Space // staff: free compartments of the centre's cabinets
	Known   bool    // the code was shown to the viewer a moment ago
}

// Space is a cabinet with its free compartments.
type Space struct {
	Cabinet Cabinet
	Free    []int
}

// The refusals.
var (
	ErrNoParcel   = errs.New(errs.NotFound, "parcel-not-found", "没有找到待领取、寄递的结果。", "There is no such parcel.")
	ErrChanged    = errs.New(errs.Conflict, "parcel-changed", "寄递、领取状态已有变化，请查看最新情况后再操作。", "The parcel has changed; look at its new state first.")
	ErrGone       = errs.New(errs.Conflict, "parcel-gone", "结果已经交寄或者放入取件柜，不能再更改领取方式。", "The result is with the courier or in the cabinet; the way can no longer be changed.")
	ErrCode       = errs.New(errs.NotFound, "pickup-code", "取件码不正确，或者已经使用、过期。", "The code is wrong, used or no longer good.")
	ErrCodeTries  = errs.New(errs.TooMany, "pickup-code-tries", "取件码输错次数过多，请过一刻钟再试；在窗口可以用办件编号查找。", "Too many wrong codes; try again in a quarter of an hour, or find the case by its number.")
	ErrNoCourier  = errs.New(errs.Unavailable, "courier-off", "没有接入快递公司，请登记自行寄出的运单。", "No courier is connected; record a waybill instead.")
	ErrNoCabinet  = errs.New(errs.NotFound, "cabinet-not-found", "没有这个取件柜。", "There is no such cabinet.")
	ErrSpaceTaken = errs.New(errs.Conflict, "compartment-taken", "这个格口已经占用，请换一个。", "That compartment is taken; choose another.")
)
