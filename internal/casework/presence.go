package casework

import "github.com/tongban/tongban/internal/identity"

// OneWay is an act that exists online alone or at the window alone, and why: the
// law ties it to the presence of the person, or it has its other half under
// another name. Everything else that an applicant can do, he can do in both ways,
// and change from one to the other in the middle (第二十一条: 线上线下统一标准服务).
type OneWay struct {
	Act     identity.Act
	Window  bool         // at the window alone; else online alone
	Twin    identity.Act // what does the same the other way; empty: nothing
	Article string       // what ties it to presence; empty only with a twin
}

// OneWays 线上线下对照 is the whole list. A test walks every act of applicants and
// of windows and fails on one that stands on one side and not here.
var OneWays = []OneWay{
	{identity.CaseArrive, true, "", cityRule + "第二十二条第二款：依法须线下提交纸质材料或者亲笔签名的，预审通过后到窗口办理"},
	{identity.CaseHandOver, true, identity.CaseCollect, cityRule + "第二十二条第一款：应申请人要求由线下综合出件窗口出件"},
	{identity.CaseMend, true, identity.CaseResubmit, "《中华人民共和国行政许可法》第三十二条第一款第三项：可以当场更正的错误，应当允许申请人当场更正"},
	{identity.CaseCollect, false, identity.CaseHandOver, ""},
	{identity.CaseArchive, false, identity.CaseRead, ""}, // the window prints the same papers
	{identity.FeePay, false, identity.FeeTake, ""},
	{identity.CaseDraft, false, identity.CaseReceive, ""},
	{identity.CaseReceive, true, identity.CaseDraft, ""},
	{identity.RatingRate, false, identity.RatingRateByToken, ""},
	{identity.LicenceUses, false, identity.LicenceRead, ""},
	{identity.PublicityObject, false, identity.ConsultAsk, ""},  // at a window it is taken down as a question to the unit
	{identity.AssistConfirm, false, identity.AssistHelp, ""},    // at the desk by a code or on paper
	{identity.AppointmentBook, false, identity.CaseReceive, ""}, // whoever is at the window is served there and then
}

// oneWay finds the line of an act.
func oneWay(act identity.Act) (OneWay, bool) {
	for _, o := range OneWays {
		if o.Act == act {
			return o, true
		}
	}
	return OneWay{}, false
}
