package casework

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/db"
	"github.com/tongban/tongban/internal/deliver"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/jobs"
)

// ParcelInput is what an act on a result that is handed over on paper brings.
type ParcelInput struct {
	Cabinet     string // put-in-cabinet: key of the cabinet
	Compartment int    // put-in-cabinet: from 1
	SignedBy    string // post-signed: who signed, as the receipt says
	On          string // post-signed, post-back: the day, YYYY-MM-DD; empty: today

	told deliver.Told // what a courier or a cabinet told
}

// deliver opens what comes after a decision: the platform's own job for
// electronic delivery; the window's task and the parcel otherwise, with a code
// for who comes himself.
func (st *step) deliver() {
	if st.c.DeliveryWay == catalog.Electronic {
		_ = jobs.Enqueue(st.tx, jobs.Job{Kind: JobDeliver, Payload: []byte(st.c.No), Unique: "deliver/" + st.c.No}) // an error ends the act
		return
	}
	st.deliverTask()
	o, err := st.parcelOf()
	if err == nil {
		var p *deliver.Parcel
		if p, err = st.s.Parcels.OpenTx(st.tx, o); err == nil {
			st.tellCode(p)
		}
	}
	if err != nil {
		st.tx.Fail(err)
	}
}

// deliverTask puts the case on the output window's list.
func (st *step) deliverTask() { st.task(&st.w.v.Guide, catalog.StepDeliver) }

// parcelOf is what the parcel room has to know.
func (st *step) parcelOf() (o deliver.Opened, err error) {
	c := st.c
	var dl Delivery
	if err := st.s.openJSON("delivery", c.delivery, &dl); err != nil {
		return o, err
	}
	return deliver.Opened{CaseID: c.ID, CaseNo: c.No, ItemName: c.ItemName, Party: c.Party, ReceivingUnitID: c.ReceivingUnitID,
		Post: dl.Way == catalog.Mail, To: deliver.Address{Name: dl.Name, Phone: dl.Phone, Address: dl.Address}}, nil
}

// tellCode says in the message how the result is fetched.
func (st *step) tellCode(p *deliver.Parcel) {
	if p == nil || p.Code == "" {
		return
	}
	u, _ := st.w.dir.Unit(st.c.ReceivingUnitID)
	st.pickUp = deliver.SpacedCode(p.Code)
	st.tells += "请到“" + u.Name + "”窗口领取，取件码 " + deliver.SpacedCode(p.Code) + "，请带上身份证件。取件码不要告诉他人。"
}

// changeDelivery: the applicant wants the result in another way, as long as it
// is at the window.
func (st *step) changeDelivery() error {
	if len(st.w.v.Guide.Result().Delivery) < 2 {
		return ErrNotOffered
	}
	if fs := deliveryProblems(st.in.Delivery, st.w.v.Guide.Result()); len(fs) > 0 {
		return errs.InvalidFields(fs...)
	}
	sealed, err := st.s.seal("delivery", st.in.Delivery)
	if err != nil {
		return err
	}
	st.c.delivery, st.c.DeliveryWay = sealed, st.in.Delivery.Way
	o, err := st.parcelOf()
	if err != nil {
		return err
	}
	paper := st.c.DeliveryWay != catalog.Electronic
	p, err := st.s.Parcels.TurnTx(st.tx, o, paper)
	if err != nil {
		return err
	}
	st.voidTasks()
	if !paper {
		st.deliver()
		return nil
	}
	st.tellCode(p)
	st.deliverTask()
	return nil
}

// handOver 窗口发放: the result is handed over, with the name of who took it. Who
// took it is looked at; a code alone is enough where the city says so.
func (st *step) handOver() error {
	if st.c.DeliveryWay != catalog.PickUp {
		return ErrOtherWay
	}
	coded, err := st.s.Parcels.HandTx(st.tx, st.a, st.c.ID)
	if err != nil {
		return err
	}
	st.docFacts = []DocFact{{"送达方式", "窗口领取"}}
	switch who := strings.TrimSpace(st.in.Recipient); {
	case who != "":
		st.docFacts = append(st.docFacts, DocFact{"领取人", who})
		st.say("领取人：" + who)
	case coded && st.s.Parcels.CodeAlone && !inPerson(st.w):
		st.docFacts = append(st.docFacts, DocFact{"领取人", "持取件码领取"})
	default:
		return missing("recipient", "请填写领取人姓名", "Enter who took it")
	}
	if coded {
		st.docFacts = append(st.docFacts, DocFact{"取件码", "已核验"})
		st.say(st.note, "已核验取件码")
	}
	st.docFacts = append(st.docFacts, DocFact{"送达日期", clock.DateOf(st.tx.Now()).String()})
	if st.in.Signed {
		st.docFacts = append(st.docFacts, DocFact{"签收", "领取人已当面清点并签字"})
	}
	st.endTasks()
	return nil
}

// byPost refuses what is for another way of delivery.
func (st *step) byPost() error {
	if st.c.DeliveryWay != catalog.Mail {
		return ErrOtherWay
	}
	return st.hasParcel()
}

// hasParcel makes the parcel of a case that was decided before there were any.
func (st *step) hasParcel() error {
	v, err := st.s.Parcels.OfCase(st.tx, actor.Platform(), st.c.ID, "")
	if err != nil || v != nil {
		return err
	}
	o, err := st.parcelOf()
	if err == nil {
		_, err = st.s.Parcels.OpenTx(st.tx, o)
	}
	return err
}

// post 登记寄送: a clerk gave the result to the post himself. It is served when it
// is signed for.
func (st *step) post() error {
	if err := st.byPost(); err != nil {
		return err
	}
	waybill := strings.TrimSpace(st.in.Waybill)
	if waybill == "" {
		return missing("waybill", "请填写快递公司和运单号", "Enter the courier and the waybill number")
	}
	if _, err := st.s.Parcels.PostTx(st.tx, st.c.ID, waybill); err != nil {
		return err
	}
	st.say("运单：" + waybill)
	st.tells += "运单：" + waybill + "。"
	st.endTasks()
	return nil
}

// sendCourier 快递寄送: the connected courier is asked after the commit.
func (st *step) sendCourier() error {
	if err := st.byPost(); err != nil {
		return err
	}
	if _, err := st.s.Parcels.OrderTx(st.tx, st.c.ID, ""); err != nil {
		return err
	}
	st.say(st.s.Parcels.CourierName)
	st.endTasks()
	return nil
}

// cancelCourier 取消寄送, as long as nobody collected it.
func (st *step) cancelCourier() error {
	_, err := st.s.Parcels.CancelTx(st.tx, st.c.ID)
	st.deliverTask()
	return err
}

// told is what a courier told, or what a clerk read from its receipt.
func (st *step) told() (deliver.Told, error) {
	t := st.in.Parcel.told
	if st.a.Kind == actor.System {
		return t, nil
	}
	t.SignedBy, t.Text = strings.TrimSpace(st.in.Parcel.SignedBy), strings.TrimSpace(st.in.Reason)
	if on := st.in.Parcel.On; on != "" {
		d, err := clock.ParseDate(on)
		if err != nil || d > clock.DateOf(st.tx.Now()) || d < clock.DateOf(st.c.DecidedAt) {
			return t, errs.InvalidFields(errs.Field{Path: "parcel/on", Code: "date", ZH: "请填写决定之后、不晚于今天的日期", EN: "A day after the decision and not after today"})
		}
		t.At = d.Start().Add(12 * time.Hour)
		if t.At.After(st.tx.Now()) {
			t.At = st.tx.Now()
		}
	}
	return t, nil
}

// postSigned 邮寄签收 is the service: who signed, and when.
func (st *step) postSigned() error {
	t, err := st.told()
	if err != nil {
		return err
	}
	if t.SignedBy == "" {
		return missing("parcel/signedBy", "请填写签收人", "Enter who signed for it")
	}
	p, err := st.s.Parcels.ToldTx(st.tx, st.c.ID, deliver.Sign, t)
	if err != nil {
		return err
	}
	st.docFacts = []DocFact{{"送达方式", "邮寄"}, {"收件人", p.To.Name}, {"运单", p.Waybill}, {"签收人", t.SignedBy},
		{"签收时间", p.SignedAt.In(clock.Shanghai()).Format("2006-01-02 15:04")}}
	if st.a.Kind == actor.Staff {
		st.docFacts[4] = DocFact{"签收日期", clock.DateOf(p.SignedAt).String()}
	}
	st.docFacts = append(st.docFacts, DocFact{"证明", map[actor.Kind]string{actor.System: "寄递企业签名的签收回执", actor.Staff: "窗口查验的签收回执"}[st.a.Kind]})
	st.say("签收人："+t.SignedBy, t.Text)
	st.endTasks()
	return nil
}

// backTo puts a parcel that did not arrive on the window's list again. It is not
// served.
func (st *step) backTo(do deliver.Step) error {
	t, err := st.told()
	if err != nil {
		return err
	}
	if _, err := st.s.Parcels.ToldTx(st.tx, st.c.ID, do, t); err != nil {
		return err
	}
	st.say(t.Text)
	st.deliverTask()
	return nil
}

func (st *step) postRefused() error {
	st.tells += "窗口会另行安排寄送；您也可以更改领取方式。"
	return st.backTo(deliver.Refuse)
}

func (st *step) postBack() error {
	st.tells += "尚未送达。您可以在办件页面核对地址、再次寄送，或者改为到窗口领取。"
	return st.backTo(deliver.Return)
}

func (st *step) postLost() error {
	st.tells += "尚未送达。窗口会向快递公司索赔并重新制发，不需要您承担费用。"
	return st.backTo(deliver.Lose)
}

// claimPost 登记索赔: what was claimed of the courier; then it is posted or
// handed out again.
func (st *step) claimPost() error {
	words := strings.TrimSpace(st.in.Reason)
	if words == "" {
		return missing("reason", "请写明索赔情况和重新制发的安排", "Say what was claimed and how the result is made again")
	}
	st.say(words)
	_, err := st.s.Parcels.ClaimTx(st.tx, st.c.ID, words)
	return err
}

// ErrInPerson is for a result that only the person himself may take.
var ErrInPerson = errs.New(errs.Conflict, "in-person", "本事项须由本人到窗口办理、领取，不能放入自助取件柜。", "The person has to come to the window for this item; it may not go into a cabinet.")

// inPerson reports whether the law ties an item to the presence of the person
// (第二十二条第二款): nobody else takes its result on a code.
func inPerson(w world) bool { return w.v.Guide.Basics.Mode == "precheck" }

// putInCabinet 放入自助取件柜: the person gets a code for it.
func (st *step) putInCabinet() error {
	if st.c.DeliveryWay != catalog.PickUp {
		return ErrOtherWay
	}
	if inPerson(st.w) {
		return ErrInPerson
	}
	if err := st.hasParcel(); err != nil {
		return err
	}
	u, _ := st.w.dir.Unit(st.c.ReceivingUnitID)
	p, cabinet, err := st.s.Parcels.PutTx(st.tx, st.c.ID, u.Key, st.in.Parcel.Cabinet, st.in.Parcel.Compartment)
	if err != nil {
		return err
	}
	st.say(fmt.Sprintf("%s %d 号格", cabinet.Name, p.Compartment))
	st.pickUp = deliver.SpacedCode(p.Code)
	st.tells += "请在 " + p.CodeUntil.In(clock.Shanghai()).Format("1月2日 15:04") + " 之前到" + strings.TrimSpace(u.Name+" "+cabinet.Place) + "“" + cabinet.Name + "”取件，取件码 " +
		deliver.SpacedCode(p.Code) + "。取件码只能用一次，不要告诉他人；过期退回窗口。"
	st.endTasks()
	return nil
}

// takeFromCabinet 取回: it waits at the window again.
func (st *step) takeFromCabinet() error {
	p, err := st.s.Parcels.TakeTx(st.tx, st.c.ID)
	if err != nil {
		return err
	}
	st.tellCode(p)
	st.endTasks()
	st.deliverTask()
	return nil
}

// cabinetOver 保管期满: the code is dead, and the window has to take the result back.
func (st *step) cabinetOver() error {
	p, err := st.s.Parcels.ExpireTx(st.tx, st.c.ID)
	if err != nil {
		return err
	}
	c, _ := st.s.Parcels.Cabinet(p.Cabinet)
	st.say(fmt.Sprintf("%s %d 号格", c.Name, p.Compartment))
	st.deliverTask()
	return nil
}

// cabinetOpened 自助取件 is the service: the code was entered at the cabinet.
func (st *step) cabinetOpened() error {
	p, where, err := st.s.Parcels.OpenDoorTx(st.tx, st.c.ID)
	if err != nil {
		return err
	}
	st.docFacts = []DocFact{{"送达方式", "自助取件柜领取"}, {"取件柜", fmt.Sprintf("%s %d 号格", where, p.Compartment)}, {"领取人", "持取件码领取"},
		{"送达时间", st.tx.Now().In(clock.Shanghai()).Format("2006-01-02 15:04")}}
	st.say(where)
	st.endTasks()
	return nil
}

// parcelActs says which act of the case a step of its parcel is.
var parcelActs = map[deliver.Step]Act{deliver.Refuse: PostRefused, deliver.Sign: PostSigned, deliver.Return: PostBack, deliver.Lose: PostLost,
	deliver.Expire: CabinetOver, deliver.Open: CabinetOpened}

// ParcelTold does the act that a courier's or a cabinet's word is; app gives it
// to the parcel room.
func (s *Service) ParcelTold(tx *db.Tx, caseID int64, do deliver.Step, t deliver.Told) error {
	act, ok := parcelActs[do]
	if !ok {
		return ErrUnknownAct
	}
	c, err := s.scanCase(tx.QueryRow(sqlCaseByID, caseID))
	if err != nil {
		return err
	}
	w, err := s.world(tx.Context(), c.VersionID)
	if err != nil {
		return err
	}
	st := &step{s: s, tx: tx, a: actor.Platform(), c: c, w: w, in: Input{Parcel: ParcelInput{told: t}}, from: c.State}
	if err := st.permitted(act, false); err != nil {
		return err
	}
	if err := handlers[act](st); err != nil {
		return err
	}
	return st.finish()
}

// FindByCode 凭取件码查找 gives the number of the case whose result waits under a
// code. Errors: deliver.ErrCode, deliver.ErrCodeTries.
func (s *Service) FindByCode(ctx context.Context, a actor.Actor, code string) (string, error) {
	return s.Parcels.Find(ctx, a, code)
}

// parcelFor gives the parcel of a decided case to who may read it; an applicant's
// code goes to nobody else.
func (s *Service) parcelFor(q db.Queryer, a actor.Actor, c *Case, w world) (*deliver.View, error) {
	if c.DecidedAt.IsZero() || c.DeliveryWay == catalog.Electronic {
		return nil, nil
	}
	u, _ := w.dir.Unit(c.ReceivingUnitID)
	v, err := s.Parcels.OfCase(q, a, c.ID, u.Key)
	if err != nil || v == nil || v.State == deliver.Void {
		return nil, err
	}
	if inPerson(w) {
		v.Spaces = nil
	}
	if a.Kind == actor.Staff && !handles(a, c, w) {
		v.To, v.SignedBy = deliver.Address{}, ""
	}
	return v, nil
}

// parcelSteps says which step of the parcel an act takes.
var parcelSteps = map[Act]deliver.Step{HandOver: deliver.Hand, Post: deliver.ByHand, SendCourier: deliver.Order, CancelCourier: deliver.Cancel, PostSigned: deliver.Sign,
	PostBack: deliver.Return, PostLost: deliver.Lose, ClaimPost: deliver.Claim, PutInCabinet: deliver.Put, TakeFromCabinet: deliver.Take}

// offersParcel says whether an act on the parcel exists now.
func offersParcel(c *Case, act Act, v *deliver.View) (ok, known bool) {
	step, known := parcelSteps[act]
	if !known {
		return false, false
	}
	way := catalog.Mail
	if act == HandOver || act == PutInCabinet || act == TakeFromCabinet {
		way = catalog.PickUp
	}
	if c.DeliveryWay != way {
		return false, true
	}
	state := deliver.Ready
	if way == catalog.PickUp {
		state = deliver.Waiting
	}
	if v != nil {
		state = v.State
	}
	switch {
	case act == SendCourier && (v == nil || v.Courier == ""):
		return false, true
	case act == PutInCabinet && (v == nil || len(v.Spaces) == 0):
		return false, true
	}
	_, ok = state.After(step)
	return ok, true
}
