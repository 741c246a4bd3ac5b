package portal

import (
	"strconv"
	"strings"

	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/web"
)

// typeWords names an item type 事项类型.
func typeWords(p web.Page, code string) string {
	switch code {
	case "01":
		return p.Tr("行政许可", "Administrative licence")
	case "05":
		return p.Tr("行政给付", "Benefit")
	case "07":
		return p.Tr("行政确认", "Confirmation")
	case "08":
		return p.Tr("行政奖励", "Reward")
	case "09":
		return p.Tr("行政裁决", "Ruling")
	case "10":
		return p.Tr("其他行政权力", "Other administrative power")
	case "20":
		return p.Tr("公共服务", "Public service")
	}
	return code
}

// audienceWords names 服务对象 codes.
func audienceWords(p web.Page, codes []string) string {
	var out []string
	for _, c := range codes {
		switch c {
		case "1":
			out = append(out, p.Tr("自然人", "natural persons"))
		case "2":
			out = append(out, p.Tr("企业法人", "companies"))
		case "3":
			out = append(out, p.Tr("事业法人", "public institutions"))
		case "4":
			out = append(out, p.Tr("社会组织法人", "social organisations"))
		case "5":
			out = append(out, p.Tr("非法人企业", "enterprises without legal personality"))
		case "6":
			out = append(out, p.Tr("行政机关", "authorities"))
		case "9":
			out = append(out, p.Tr("其他组织", "other organisations"))
		}
	}
	return strings.Join(out, p.Tr("、", ", "))
}

// levelWords names 行使层级.
func levelWords(p web.Page, code string) string {
	switch code {
	case "3":
		return p.Tr("市级", "City")
	case "4":
		return p.Tr("县级", "County or district")
	case "5":
		return p.Tr("镇（街道）级", "Town")
	case "6":
		return p.Tr("村（社区）级", "Village")
	}
	return code
}

// sourceWords names 权力来源.
func sourceWords(p web.Page, code string) string {
	switch code {
	case "1":
		return p.Tr("法定本级行使", "By law at this level")
	case "2":
		return p.Tr("上级下放", "Handed down")
	case "3":
		return p.Tr("上级授权", "Authorised from above")
	case "4":
		return p.Tr("同级授权", "Authorised at the same level")
	case "5":
		return p.Tr("上级委托", "Entrusted from above")
	case "6":
		return p.Tr("同级委托", "Entrusted at the same level")
	}
	return code
}

// natureWords names 实施主体性质.
func natureWords(p web.Page, code string) string {
	switch code {
	case "1":
		return p.Tr("法定机关", "Authority by law")
	case "2":
		return p.Tr("授权组织", "Authorised organisation")
	case "3":
		return p.Tr("受委托组织", "Entrusted organisation")
	}
	return code
}

// scopeWords names 通办范围.
func scopeWords(p web.Page, code string) string {
	switch code {
	case "1":
		return p.Tr("全国", "Nationwide")
	case catalog.ScopeDelta:
		return p.Tr("长三角（上海、江苏、浙江、安徽）", "The Yangtze delta: Shanghai, Jiangsu, Zhejiang, Anhui")
	case "2":
		return p.Tr("全省", "The whole province")
	case "3":
		return p.Tr("全市", "The whole city")
	case "4":
		return p.Tr("全区（县）", "The whole district or county")
	case "5":
		return p.Tr("全镇（街道）", "The whole town")
	case "6":
		return p.Tr("全村（社区）", "The whole village")
	}
	return ""
}

// depthWords names 网办深度.
func depthWords(p web.Page, depth int) string {
	switch depth {
	case 4:
		return p.Tr("全程网办", "Online the whole way")
	case 3:
		return p.Tr("网上预审，到窗口办结", "Checked online, finished at the window")
	case 2:
		return p.Tr("网上申请或者预约", "Apply or book online")
	case 1:
		return p.Tr("网上查看指南", "Guide online")
	}
	return p.Tr("到窗口办理", "At the window")
}

// limitWords tells a limit in a few words.
func limitWords(p web.Page, l catalog.Limit) string {
	n := strconv.Itoa(l.Days)
	switch l.Unit {
	case "instant":
		return p.Tr("当场办结", "On the spot")
	case "workday":
		return p.Tr(n+" 个工作日", n+" working days")
	case "day":
		return p.Tr(n+" 天", n+" days")
	}
	return p.Tr("无固定时限", "No fixed limit")
}

// visitWords tells how often one has to come.
func visitWords(p web.Page, n int) string {
	if n == 0 {
		return p.Tr("0 次，不用跑", "None")
	}
	return p.Tr(strconv.Itoa(n)+" 次", strconv.Itoa(n))
}

// necessityWords tells whether a material must be handed in.
func necessityWords(p web.Page, m catalog.Material) web.Tag {
	switch {
	case m.When != nil && m.Required():
		return web.Tag{Tone: web.Info, Text: p.Tr("符合条件时必须", "Required in some cases")}
	case m.Required():
		return web.Tag{Tone: web.Info, Text: p.Tr("必须", "Required")}
	case m.Necessity == "tolerant":
		return web.Tag{Tone: web.OK, Text: p.Tr("容缺，可以后补", "May follow later")}
	}
	return web.Tag{Text: p.Tr("如有请提交", "If you have it")}
}

// sourceOf tells where a material comes from.
func sourceOf(p web.Page, m catalog.Material) string {
	switch m.Source {
	case "self":
		return p.Tr("申请人自备", "Prepared by the applicant")
	case "government":
		return m.Issuer + p.Tr("核发", " ")
	}
	if m.Issuer != "" {
		return m.Issuer
	}
	return p.Tr("其他", "Other")
}
