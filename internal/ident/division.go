package ident

// Division 行政区划代码: six digits (GB/T 2260), nine with the township-level
// unit, twelve with the village or community.
type Division struct {
	Code  string // as normalised, 6, 9 or 12 digits
	Level DivisionLevel
}

// DivisionLevel is how deep a division code goes.
type DivisionLevel uint8

// The levels.
const (
	Province  DivisionLevel = iota + 1 // 省级
	City                               // 设区市级
	County                             // 县级
	Town                               // 镇(街道)级
	Community                          // 村(社区)级
)

// ZH is the level's Chinese name.
func (l DivisionLevel) ZH() string {
	return [...]string{"", "省级", "设区市级", "县级", "镇（街道）级", "村（社区）级"}[l]
}

// EN is the level's English name.
func (l DivisionLevel) EN() string {
	return [...]string{"", "province", "city", "county", "town or street", "village or community"}[l]
}

// County6 is the six-digit code of the county level or above.
func (d Division) County6() string { return d.Code[:6] }

// Padded is the twelve-digit form, filled up with zeros, as region ids of
// service systems are.
func (d Division) Padded() string { return d.Code + "000000"[:12-len(d.Code)] }

// CheckDivision checks an 行政区划代码 by its form: that a province of this code
// exists and no level is skipped. Abolished codes are good.
func CheckDivision(s string) Result { _, r := ParseDivision(s); return r }

// ParseDivision takes a division code apart.
func ParseDivision(s string) (Division, Result) {
	n := Normalise(s)
	r := start(KindDivision, s, n)
	if len(n) != 6 && len(n) != 9 && len(n) != 12 {
		return Division{}, r.fail("length", "行政区划代码应为6位、9位或12位。", "A division code has 6, 9 or 12 digits.")
	}
	if !within(n, "0123456789") {
		return Division{}, r.fail("alphabet", "行政区划代码应全部为数字。", "A division code consists of digits.")
	}
	if provinces[n[:2]] == "" {
		return Division{}, r.fail("division", "行政区划代码的前两位不是省级代码。", "The first two digits are no province.")
	}
	d := Division{Code: n, Level: Province}
	full := d.Padded()
	pieces := [...]struct {
		text string
		zero string
	}{{full[2:4], "00"}, {full[4:6], "00"}, {full[6:9], "000"}, {full[9:], "000"}}
	for i, p := range pieces {
		if p.text == p.zero {
			continue
		}
		if i == 1 && pieces[0].text == "00" || i == 2 && pieces[0].text == "00" || i == 3 && pieces[2].text == "000" {
			return Division{}, r.fail("level", "行政区划代码缺少中间层级。", "The code skips a level.")
		}
		d.Level = Province + DivisionLevel(i+1)
	}
	r.part("层级", "level", d.Level.ZH()+" "+d.Level.EN())
	r.part("县级以上代码", "county code", divisionWithName(d.County6()))
	return d, r.ok()
}

// DivisionName is the Chinese name of a six-digit code this package knows:
// provinces, Wuxi and its districts, the abolished ones among them. Empty for
// others; the full list is data of the city, not code.
func DivisionName(code string) string {
	if name := wuxi[code]; name != "" {
		return name
	}
	if len(code) == 6 && code[2:] == "0000" {
		return provinces[code[:2]]
	}
	return ""
}

func divisionWithName(code string) string {
	if name := DivisionName(code); name != "" {
		return code + " " + name
	}
	return code
}

// provinces of GB/T 2260 by the first two digits.
var provinces = map[string]string{
	"11": "北京市", "12": "天津市", "13": "河北省", "14": "山西省", "15": "内蒙古自治区",
	"21": "辽宁省", "22": "吉林省", "23": "黑龙江省",
	"31": "上海市", "32": "江苏省", "33": "浙江省", "34": "安徽省", "35": "福建省", "36": "江西省", "37": "山东省",
	"41": "河南省", "42": "湖北省", "43": "湖南省", "44": "广东省", "45": "广西壮族自治区", "46": "海南省",
	"50": "重庆市", "51": "四川省", "52": "贵州省", "53": "云南省", "54": "西藏自治区",
	"61": "陕西省", "62": "甘肃省", "63": "青海省", "64": "宁夏回族自治区", "65": "新疆维吾尔自治区",
	"71": "台湾省", "81": "香港特别行政区", "82": "澳门特别行政区",
}

var wuxi = map[string]string{
	"320200": "无锡市", "320205": "锡山区", "320206": "惠山区", "320211": "滨湖区", "320213": "梁溪区",
	"320214": "新吴区", "320281": "江阴市", "320282": "宜兴市",
	"320202": "原崇安区", "320203": "原南长区", "320204": "原北塘区", "320212": "原马山区", "320283": "原锡山市",
}
