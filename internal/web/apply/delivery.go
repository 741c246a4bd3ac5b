package apply

import (
	"net/http"
	"slices"
	"strings"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/web"
)

// DeliveryPage 领取方式: how the result reaches the applicant.
type DeliveryPage struct {
	Frame
	Action string
	Back   string
	Fields DeliveryFields
}

// DeliveryFields are the questions about delivery: the way, and for the post
// to whom and where. Also asked when a party changes its mind later.
type DeliveryFields struct {
	Way  web.FieldView
	Post []web.FieldView // shown for the post alone
}

// NewDeliveryFields asks about delivery, with what was typed and what is wrong
// with it; words are by path: "way", "name", "phone", "address".
func NewDeliveryFields(p web.Page, ways []string, pickup string, dl casework.Delivery, words map[string]string) DeliveryFields {
	f := DeliveryFields{Way: web.FieldView{ID: "f-way", Name: "way", Widget: "radio", Label: p.Tr("办理结果怎么给您？", "How shall we give you the result?"), Error: words["way"]}}
	for _, way := range ways {
		o := web.OptionView{ID: "f-way-" + way, Value: way, Checked: dl.Way == way}
		switch way {
		case catalog.Electronic:
			o.Label, o.Soft = p.Tr("电子送达", "Electronically"), p.Tr("办结后在“我的证照”和消息中查看，不用跑", "Found under your licences and messages; no trip needed")
		case catalog.PickUp:
			o.Label, o.Soft = p.Tr("到窗口领取", "Pick up at the window"), pickup
		case catalog.Mail:
			o.Label, o.Soft = p.Tr("邮寄到家", "By post"), p.Tr("寄到您填写的地址", "To the address you give")
		}
		f.Way.Options = append(f.Way.Options, o)
	}
	if slices.Contains(ways, catalog.Mail) {
		f.Post = []web.FieldView{
			{ID: "f-name", Name: "name", Label: p.Tr("收件人", "Recipient"), Value: dl.Name, Width: "w-m", Auto: "name", Max: 50, Error: words["name"]},
			{ID: "f-phone", Name: "phone", Widget: "phone", Label: p.Tr("手机号码", "Mobile"), Value: dl.Phone, Width: "w-m", Mode: "tel", Auto: "tel", Max: 20, Error: words["phone"]},
			{ID: "f-address", Name: "address", Label: p.Tr("收件地址", "Postal address"), Help: p.Tr("写到门牌号，例如：梁溪区演示路1号2单元301室", "Down to the door number"), Value: dl.Address, Auto: "street-address", Max: 200, Error: words["address"]},
		}
	}
	return f
}

// DeliveryIDs maps the problems of a delivery to the widgets of NewDeliveryFields.
func DeliveryIDs(ways []string) map[string]string {
	first := ""
	if len(ways) > 0 {
		first = "f-way-" + ways[0]
	}
	return map[string]string{"way": first, "name": "f-name", "phone": "f-phone", "address": "f-address"}
}

// ReadDelivery takes a delivery from a posted form and says what is wrong.
func ReadDelivery(r *http.Request, ways []string) (casework.Delivery, []errs.Field) {
	get := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	dl := casework.Delivery{Way: get("way"), Name: get("name"), Phone: get("phone"), Address: get("address")}
	var wrong []errs.Field
	if !slices.Contains(ways, dl.Way) {
		wrong = append(wrong, errs.Field{Path: "way", Code: "required", ZH: "请选择领取办理结果的方式", EN: "Choose how to get the result"})
	}
	if dl.Way != catalog.Mail {
		return casework.Delivery{Way: dl.Way}, wrong
	}
	if dl.Name == "" {
		wrong = append(wrong, errs.Field{Path: "name", Code: "required", ZH: "请填写收件人姓名", EN: "Enter the name of the recipient"})
	}
	switch {
	case dl.Phone == "":
		wrong = append(wrong, errs.Field{Path: "phone", Code: "required", ZH: "请填写收件人手机号码", EN: "Enter the recipient's mobile"})
	case !ident.CheckMobile(dl.Phone).Valid:
		wrong = append(wrong, errs.Field{Path: "phone", Code: "format", ZH: "手机号码应为11位数字", EN: "A mobile number has 11 digits"})
	}
	if dl.Address == "" {
		wrong = append(wrong, errs.Field{Path: "address", Code: "required", ZH: "请填写收件地址", EN: "Enter the postal address"})
	}
	return dl, wrong
}

func (z *Wizard) showDelivery(w http.ResponseWriter, r *http.Request) error {
	j, err := z.open(r)
	if err != nil {
		return err
	}
	dl := j.d.Data.Delivery
	if dl.Name == "" && dl.Phone == "" && dl.Address == "" && !z.c.Staff {
		if profile, err := z.c.Identity.Profile(r.Context(), j.a); err == nil {
			dl.Name, dl.Phone, dl.Address = profile["applicant.name"], profile["applicant.phone"], profile["applicant.address"]
		}
	}
	return z.deliveryPage(w, r, j, http.StatusOK, dl, nil)
}

func (z *Wizard) deliveryPage(w http.ResponseWriter, r *http.Request, j *job, status int, dl casework.Delivery, wrong []errs.Field) error {
	p := DeliveryPage{Frame: z.frame(r, j, "delivery"), Action: j.at + "/delivery", Back: z.before(j, "delivery")}
	ways := j.v.Guide.Result().Delivery
	words := p.FieldErrors(wrong, DeliveryIDs(ways))
	pickup := ""
	if len(j.v.Guide.Windows) > 0 {
		pickup = j.v.Guide.Windows[0].Name
	}
	p.Fields = NewDeliveryFields(p.Page, ways, pickup, dl, words)
	return z.deliveryV.Render(w, r, status, p)
}

func (z *Wizard) saveDelivery(w http.ResponseWriter, r *http.Request) error {
	j, err := z.open(r)
	if err != nil {
		return err
	}
	dl, wrong := ReadDelivery(r, j.v.Guide.Result().Delivery)
	if len(wrong) > 0 {
		return z.deliveryPage(w, r, j, http.StatusUnprocessableEntity, dl, wrong)
	}
	if j.d, err = z.c.Casework.SaveDelivery(r.Context(), j.a, j.d.ID, 0, dl); err != nil {
		return err
	}
	return web.SeeOther(w, r, z.next(r.Context(), j, "delivery"))
}
