package app

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/tongban/tongban/internal/consult"
	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/publicity"
)

// Config 配置 is everything an operator can set. It is read strictly: a key that
// does not exist is an error. Secrets are paths of files, never values.
type Config struct {
	Listen           string `yaml:"listen"`           // address to serve on; default 127.0.0.1:8080
	URL              string `yaml:"url"`              // how people reach the platform, for QR codes: https://zwfw.example.cn; default http://LISTEN
	Database         string `yaml:"database"`         // sqlite:///FILE or postgres://USER@HOST/NAME; required
	DatabasePassword string `yaml:"databasePassword"` // file that holds the PostgreSQL password; default none
	Keys             string `yaml:"keys"`             // folder of key files, mode 0700; required
	Files            string `yaml:"files"`            // folder, or s3://BUCKET?endpoint=URL&region=R&prefix=P; required
	FilesSecret      string `yaml:"filesSecret"`      // file with the S3 access key and secret key, one a line; required for s3
	Spool            string `yaml:"spool"`            // folder for uploads under way and outgoing messages; default beside files, or the system's temporary folder

	City     string `yaml:"city"`     // name on every page; default 无锡市
	CityEN   string `yaml:"cityEn"`   // the same in English; default Wuxi
	Platform string `yaml:"platform"` // name of the platform on every page; default 一网通办

	ItemCode ItemCode `yaml:"itemCode"` // how item codes are built; set before the first import and never changed after; default 12, 31 and 33 characters

	HallNames HallNames `yaml:"hallNames"` // what centres of each level are called; a name that ends otherwise is refused unless a reason is given; default the names of 第二十条

	TrustedProxies []string `yaml:"trustedProxies"` // addresses or CIDRs whose X-Forwarded-For counts; default none
	TrustedOrigins []string `yaml:"trustedOrigins"` // other origins whose pages may post, such as a sub-domain's; default none

	SubscriberNetworks []string `yaml:"subscriberNetworks"` // private addresses or CIDRs at which subscribers may be told of changes, by http too; default none: https to public addresses

	RatingDays       int  `yaml:"ratingDays"`       // for how many days a service can be rated; default 30
	InstantSample    int  `yaml:"instantSample"`    // how many of a hundred machine grants (秒批) a person looks at afterwards; default: 5; -1: none
	KeepReceiptClock bool `yaml:"keepReceiptClock"` // a resubmission goes on with the first receipt clock; default: it starts its own
	CalendarAlarm    int  `yaml:"calendarAlarm"`    // doctor warns when fewer days are covered by a published calendar; default 60

	Consult Consult `yaml:"consult"` // limits for answers to questions 咨询 and for what could not be done 办不成事

	Publicity Publicity `yaml:"publicity"` // decisions made public; default: once they are served, within seven working days, for five years

	SMTP SMTP `yaml:"smtp"` // outgoing mail; default none: messages stay in the portal

	Messages Messages `yaml:"messages"` // SMS and WeChat, quiet hours, texts; default: messages stay in the portal and go by mail

	Payment Payment `yaml:"payment"` // who takes money over the net; default none: fees are paid at the window

	Courier Courier `yaml:"courier"` // who brings results on paper; default none: clerks record waybills
	PickUp  PickUp  `yaml:"pickUp"`  // how results are fetched: codes, cabinets

	LogLevel  string `yaml:"logLevel"`  // debug, info, warn, error; default info
	LogFormat string `yaml:"logFormat"` // text or json; default json
	Metrics   string `yaml:"metrics"`   // address for /metrics, such as 127.0.0.1:9090; default none

	demo    bool // set by Demo alone
	loading bool // set while Demo makes a data folder
}

// Consult 咨询 is how long units have for questions and for what could not be
// done. No law sets these limits; a city does.
type Consult struct {
	AnswerDays int    `yaml:"answerDays"` // working days for the answer to a question; default 5
	HandleDays int    `yaml:"handleDays"` // working days to handle what could not be done; default 5
	Basis      string `yaml:"basis"`      // the city's rule that sets the limits, shown with every date; default: that the city set them itself
	Centre     string `yaml:"centre"`     // key of the centre that answers questions in general; default: the first of the highest level
}

func (c Consult) rule() consult.Rule {
	return consult.Rule{AnswerDays: c.AnswerDays, HandleDays: c.HandleDays, Basis: c.Basis, Centre: c.Centre}
}

// SMTP is where mail goes out.
type SMTP struct {
	Addr     string `yaml:"addr"`     // HOST:PORT
	From     string `yaml:"from"`     // sender address
	Security string `yaml:"security"` // starttls, tls, or none (to this machine alone); default starttls
	User     string `yaml:"user"`     // login name at the mail server; default none
	Password string `yaml:"password"` // file that holds the password; default none
}

// Publicity 决定公开 is when and for how long decisions are public. The periods
// are practice (双公示) and rest on no national law for all licences: set what
// your province asks.
type Publicity struct {
	When          string `yaml:"when"`          // served: once the decision reached the applicant, at latest on the last day; decided: at once; default served
	Days          int    `yaml:"days"`          // working days from the decision within which it is published; default 7
	KeepYears     int    `yaml:"keepYears"`     // years for which it is public; default 5
	WithdrawnDays int    `yaml:"withdrawnDays"` // days for which a line tells that a decision no longer stands; default 365
}

// Messages is how people are told outside the portal: docs/messages.md.
type Messages struct {
	Quiet  string        `yaml:"quiet"`  // when SMS and WeChat wait for the morning, in Shanghai time, or none; no national rule is known, so settle it with the city; default 21:00-08:00
	Order  []string      `yaml:"order"`  // which of sms, wechat and mail is tried first for a person who chose nothing; default sms, wechat, mail
	Texts  string        `yaml:"texts"`  // folder of *.yaml with the city's own texts; default none: those that ship with the platform
	SMS    SMSGateway    `yaml:"sms"`    // who sends SMS; default none
	WeChat WeChatGateway `yaml:"wechat"` // who sends template messages of the official account; default none
}

// SMSGateway is a provider of SMS.
type SMSGateway struct {
	URL  string `yaml:"url"`  // where it takes messages: https://sms.example.cn/api
	Key  string `yaml:"key"`  // file with the key that signs both ways, at least 16 bytes; required with url
	Sign string `yaml:"sign"` // 短信签名, without brackets; required with url
}

// WeChatGateway is a provider of template messages.
type WeChatGateway struct {
	URL       string            `yaml:"url"`       // where it takes messages
	Key       string            `yaml:"key"`       // file with the key that signs both ways, at least 16 bytes; required with url
	Account   string            `yaml:"account"`   // name of the official account, shown to people who bind theirs; default: the name of the city and the platform
	Templates map[string]string `yaml:"templates"` // ids of the templates at the official account, by their keys in the texts: message, case-progress, appointment; required with url
}

// Payment is the provider that takes money over the net: docs/pay.md.
type Payment struct {
	URL string `yaml:"url"` // where it takes orders: https://pay.example.cn/api
	Key string `yaml:"key"` // file with the key that signs both ways, at least 16 bytes; with scheme sm2 our SM2 private key, PKCS#8 in PEM; required with url

	Scheme string `yaml:"scheme"` // how both sides sign: hmac-sm3 or sm2; default hmac-sm3
	Public string `yaml:"public"` // file with the provider's SM2 public key, PEM; required with scheme sm2

	Days   int `yaml:"days"`   // working days from the notice in which a bill is to be paid; default 15; -1: no date
	Remind int `yaml:"remind"` // working days before that on which an unpaid bill is reminded of; default 3; -1: never
}

// Courier is who brings results on paper: docs/deliver.md.
type Courier struct {
	Name    string `yaml:"name"`    // as people know it; required with url
	URL     string `yaml:"url"`     // where it takes orders: https://courier.example.cn/api
	Key     string `yaml:"key"`     // file with the key that signs both ways, at least 16 bytes; with scheme sm2 our SM2 private key, PKCS#8 in PEM; required with url
	Scheme  string `yaml:"scheme"`  // how both sides sign: hmac-sm3 or sm2; default hmac-sm3
	Public  string `yaml:"public"`  // file with the courier's SM2 public key, PEM; required with scheme sm2
	Postage string `yaml:"postage"` // who pays the postage, as people read it; default nothing is said
}

// PickUp is how results are fetched.
type PickUp struct {
	CodeAlone bool      `yaml:"codeAlone"` // who shows the code at the window gets the result without being looked up by his papers; default he is
	Days      int       `yaml:"days"`      // days that a cabinet keeps a result before it goes back to the window; default 3
	Cabinets  []Cabinet `yaml:"cabinets"`  // the cabinets; default none
}

// Cabinet 自助取件柜 stands at a centre.
type Cabinet struct {
	ID           string `yaml:"id"`           // what the device calls itself, letters and digits; required
	Centre       string `yaml:"centre"`       // key of the centre whose windows fill it; required
	Name         string `yaml:"name"`         // as people know it; required
	Place        string `yaml:"place"`        // where it stands; default nothing is said
	Compartments int    `yaml:"compartments"` // how many there are, numbered from 1; required
	Key          string `yaml:"key"`          // file with the key that the device signs with; default none: clerks alone hand out of it
	Scheme       string `yaml:"scheme"`       // how the device signs: hmac-sm3 or sm2; default hmac-sm3
	Public       string `yaml:"public"`       // file with the device's SM2 public key, PEM; required with scheme sm2, where key is ours
}

// HallNames 大厅名称 by level.
type HallNames struct {
	City    string `yaml:"city"`    // of the city; default 政务服务中心
	County  string `yaml:"county"`  // of a district or county; default 政务服务中心
	Town    string `yaml:"town"`    // of a town; default 便民服务中心
	Village string `yaml:"village"` // of a village; default 便民服务站
}

// ItemCode 编码规则 is how the codes of items are built.
type ItemCode struct {
	Province int    `yaml:"province"` // digits of the province, 0: codes have none; default 2
	Main     int    `yaml:"main"`     // digits of the main item 主项, after two of the item type; default 5
	Sub      int    `yaml:"sub"`      // characters of the sub-item 子项; default 3
	Unit     int    `yaml:"unit"`     // characters of the unit's code: 18, 统一社会信用代码, or 9, the 组织机构代码 within; default 18
	Levels   string `yaml:"levels"`   // exercise levels 行使层级 that codes may name; default 1234567
	Handling int    `yaml:"handling"` // digits that a 业务办理项编码 adds; default 2
	Sequence int    `yaml:"sequence"` // least digits of the sequence that ends a case number; default 4
}

func itemCodeOf(p ident.Profile) ItemCode {
	return ItemCode{Province: p.Province, Main: p.Main, Sub: p.Sub, Unit: p.Unit, Levels: p.Levels, Handling: p.Handling, Sequence: p.Sequence}
}

// profile is what the rooms know it as. Type and level have the widths of the
// national tables.
func (c ItemCode) profile() ident.Profile {
	p := ident.DefaultProfile()
	p.Province, p.Main, p.Sub, p.Unit, p.Levels, p.Handling, p.Sequence = c.Province, c.Main, c.Sub, c.Unit, c.Levels, c.Handling, c.Sequence
	return p
}

// codes is how item codes are built, also for a Config that nobody completed.
func (c Config) codes() ident.Profile {
	if c.ItemCode == (ItemCode{}) {
		return ident.DefaultProfile()
	}
	return c.ItemCode.profile()
}

// ReadConfig reads a configuration file.
func ReadConfig(path string) (Config, error) {
	c := Config{ItemCode: itemCodeOf(ident.DefaultProfile())} // a key that is left out keeps its width
	b, err := os.ReadFile(path)
	if err != nil {
		return c, errs.New(errs.Invalid, "config", "读不到配置文件 "+path, "cannot read the configuration file "+path).Because(err)
	}
	if err := yaml.UnmarshalWithOptions(b, &c, yaml.Strict()); err != nil {
		return c, errs.New(errs.Invalid, "config", "配置文件有误：\n"+yaml.FormatError(err, false, true), "the configuration does not fit:\n"+yaml.FormatError(err, false, true))
	}
	return c.complete()
}

// complete fills defaults and checks what is required.
func (c Config) complete() (Config, error) {
	def := func(p *string, v string) {
		if *p == "" {
			*p = v
		}
	}
	def(&c.Listen, "127.0.0.1:8080")
	def(&c.URL, "http://"+c.Listen)
	c.URL = strings.TrimRight(c.URL, "/")
	def(&c.City, "无锡市")
	def(&c.CityEN, "Wuxi")
	def(&c.Platform, "一网通办")
	def(&c.Messages.Quiet, "21:00-08:00")
	def(&c.Messages.WeChat.Account, c.City+c.Platform)
	def(&c.LogLevel, "info")
	def(&c.LogFormat, "json")
	if c.Spool == "" && !strings.HasPrefix(c.Files, "s3:") && c.Files != "" {
		c.Spool = filepath.Join(filepath.Dir(c.Files), "spool")
	}
	if c.CalendarAlarm == 0 {
		c.CalendarAlarm = 60
	}
	for _, need := range []struct{ name, v string }{{"database", c.Database}, {"keys", c.Keys}, {"files", c.Files}} {
		if need.v == "" {
			return c, errs.New(errs.Invalid, "config", fmt.Sprintf("配置缺少 %s", need.name), fmt.Sprintf("the configuration lacks %s", need.name))
		}
	}
	if p := c.Publicity; p.When != "" && p.When != "served" && p.When != "decided" || p.Days < 0 || p.KeepYears < 0 || p.WithdrawnDays < 0 {
		return c, errs.New(errs.Invalid, "config", "publicity 有误：when 为 served 或者 decided，天数和年数不得小于0", "publicity: when is served or decided, days and years are not negative")
	}
	if c.ItemCode == (ItemCode{}) {
		c.ItemCode = itemCodeOf(ident.DefaultProfile())
	}
	if err := c.delivery(); err != nil {
		return c, err
	}
	if c.Consult.AnswerDays < 0 || c.Consult.HandleDays < 0 {
		return c, errs.New(errs.Invalid, "config", "配置有误：consult 的期限应当是正数", "the configuration does not fit: the limits of consult are positive")
	}
	if bad := c.ItemCode.profile().Check(); len(bad) > 0 {
		var zh, en []string
		for _, f := range bad {
			zh, en = append(zh, "itemCode."+f.Path+"："+f.ZH), append(en, "itemCode."+f.Path+": "+f.EN)
		}
		return c, errs.New(errs.Invalid, "config", "配置有误：\n"+strings.Join(zh, "\n"), "the configuration does not fit:\n"+strings.Join(en, "\n"))
	}
	return c, nil
}

func (c Config) publicity() publicity.Rules {
	p := c.Publicity
	return publicity.Rules{AtOnce: p.When == "decided", Days: p.Days, KeepYears: p.KeepYears, WithdrawnDays: p.WithdrawnDays}
}

// instantSample is a share of a hundred; -1 means none.
func (c Config) instantSample() int { return orNone(c.InstantSample, 5) }

// orNone is a number of the configuration: 0 means def, -1 none.
func orNone(n, def int) int {
	switch {
	case n == 0:
		return def
	case n < 0:
		return 0
	}
	return n
}

// rating is how long a service can be rated.
func (c Config) rating() time.Duration { return time.Duration(c.RatingDays) * 24 * time.Hour }

// DemoConfig is the configuration of a demonstration in a data folder.
func DemoConfig(data, addr string) (Config, error) {
	abs, err := filepath.Abs(data)
	if err != nil {
		return Config{}, err
	}
	return Config{Listen: addr, Database: "sqlite://" + filepath.Join(abs, "tongban.db"), Keys: filepath.Join(abs, "keys"),
		Files: filepath.Join(abs, "files"), Spool: filepath.Join(abs, "spool"), LogFormat: "text", LogLevel: "warn", demo: true,
		SubscriberNetworks: []string{"127.0.0.0/8", "::1"},
		Courier:            Courier{Postage: "邮费由政务服务中心承担，不向申请人收取（演示）。"}}.complete()
}
