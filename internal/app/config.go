package app

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/tongban/tongban/internal/errs"
	"github.com/tongban/tongban/internal/ident"
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

	SMTP SMTP `yaml:"smtp"` // outgoing mail; default none: messages stay in the portal

	Payment Payment `yaml:"payment"` // who takes money over the net; default none: fees are paid at the window

	LogLevel  string `yaml:"logLevel"`  // debug, info, warn, error; default info
	LogFormat string `yaml:"logFormat"` // text or json; default json
	Metrics   string `yaml:"metrics"`   // address for /metrics, such as 127.0.0.1:9090; default none

	demo    bool // set by Demo alone
	loading bool // set while Demo makes a data folder
}

// SMTP is where mail goes out.
type SMTP struct {
	Addr     string `yaml:"addr"`     // HOST:PORT
	From     string `yaml:"from"`     // sender address
	Security string `yaml:"security"` // starttls, tls, or none (to this machine alone); default starttls
	User     string `yaml:"user"`     // login name at the mail server; default none
	Password string `yaml:"password"` // file that holds the password; default none
}

// Payment is the provider that takes money over the net: docs/pay.md.
type Payment struct {
	URL string `yaml:"url"` // where it takes orders: https://pay.example.cn/api
	Key string `yaml:"key"` // file with the key that signs both ways, at least 16 bytes; required with url
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
	if c.ItemCode == (ItemCode{}) {
		c.ItemCode = itemCodeOf(ident.DefaultProfile())
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

// rating is how long a service can be rated.
// instantSample is a share of a hundred; -1 means none.
func (c Config) instantSample() int {
	switch {
	case c.InstantSample == 0:
		return 5
	case c.InstantSample < 0:
		return 0
	}
	return c.InstantSample
}

func (c Config) rating() time.Duration { return time.Duration(c.RatingDays) * 24 * time.Hour }

// DemoConfig is the configuration of a demonstration in a data folder.
func DemoConfig(data, addr string) (Config, error) {
	abs, err := filepath.Abs(data)
	if err != nil {
		return Config{}, err
	}
	return Config{Listen: addr, Database: "sqlite://" + filepath.Join(abs, "tongban.db"), Keys: filepath.Join(abs, "keys"),
		Files: filepath.Join(abs, "files"), Spool: filepath.Join(abs, "spool"), LogFormat: "text", LogLevel: "warn", demo: true,
		SubscriberNetworks: []string{"127.0.0.0/8", "::1"}}.complete()
}
