package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/tongban/tongban/internal/app"
	"github.com/tongban/tongban/internal/errs"
)

// show prints what a check found and fails when something is wrong.
func show(p app.Proved) error {
	lines := p.EN
	if chinese() {
		lines = p.ZH
	}
	for _, l := range lines {
		fmt.Println(l)
	}
	if !p.Sound {
		return errs.New(errs.Conflict, "not-proven", "未能证明：见上面的不符之处。", "Not proven: see above what is wrong.")
	}
	return nil
}

// trusts adds the flags that say what a check rests on.
func trusts(c *cobra.Command, t *app.Trusted) {
	c.Flags().StringSliceVar(&t.Calendars, "calendar", nil, "之后公布的放假安排文件 / a holiday notice that came after this program")
}

func proveCommand() *cobra.Command {
	var t app.Trusted
	c := &cobra.Command{
		Use:   "prove FILE",
		Short: "离线重新计算期限证明或者电子档案；不符时退出码为 1 / reckon a proof or an archive again, offline; exit code 1 if it differs",
		Long: `只用文件本身和本程序自带的放假安排重新计算期限，不连接数据库和网络。
Reckons the limits again from the file and the holiday notices that come with this program: no database, no network.`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := app.ProveClock(args[0], t)
			if err != nil {
				return err
			}
			return show(p)
		},
	}
	trusts(c, &t)
	return c
}

func caseCommand() *cobra.Command {
	c := &cobra.Command{Use: "case", Short: "电子档案 / archives of cases"}
	c.AddCommand(caseVerifyCommand(), caseArchiveCommand())
	return c
}

func caseVerifyCommand() *cobra.Command {
	var t app.Trusted
	c := &cobra.Command{
		Use:   "verify FILE",
		Short: "离线校验电子档案；不符时退出码为 1 / check an archive package offline; exit code 1 if something is wrong",
		Long: `校验封签、每个文件的哈希、期限、审计日志证明、文书和材料，不连接数据库和网络。
--key 给出该市公布的公钥（tongban audit keys 的输出）；不给时使用档案包中的公钥并提示核对。
Checks the seal, every file's hash, limits, the log's proofs, notices and materials: no database, no network.
--key names a file with the keys that the city publishes (what tongban audit keys prints); without it the package's own are used, and named.`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := app.VerifyArchive(args[0], t)
			if err != nil {
				return err
			}
			return show(p)
		},
	}
	trusts(c, &t)
	c.Flags().StringVar(&t.Keys, "key", "", "公布的公钥文件 / file of the published keys")
	return c
}

func caseArchiveCommand() *cobra.Command {
	var w where
	var o app.ArchiveExport
	c := &cobra.Command{
		Use:   "archive --to DIR|-",
		Short: "导出已办结办件的电子档案 / export the archives of closed cases",
		Long: `每个办件一个档案包；--to - 时把全部档案包写成一个 ZIP 到标准输出。导出前记入审计日志，之后只读数据库，可以在平台运行时使用；内存与办件数量无关。
One package a case; --to - writes them all as one ZIP to standard output. The export is recorded in the audit log, then the database is only read; works beside a running platform, in memory that does not grow with the cases.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := w.load()
			if err != nil {
				return err
			}
			o.Stdout = os.Stdout
			n, err := app.ExportArchives(cmd.Context(), cfg, o)
			if err != nil {
				return err
			}
			fmt.Fprintf(os.Stderr, tr("已导出 %d 份电子档案。\n", "%d archives exported.\n"), n)
			return nil
		},
	}
	w.flags(c)
	c.Flags().StringVar(&o.To, "to", "", "目录，或者 - / a folder, or -")
	c.Flags().StringVar(&o.From, "from", "", "办结日期起，2006-01-02 / closed on or after")
	c.Flags().StringVar(&o.Until, "until", "", "办结日期止 / closed on or before")
	c.Flags().StringVar(&o.Unit, "unit", "", "决定单位 / key of the deciding unit")
	_ = c.MarkFlagRequired("to") // the flag is there
	return c
}

func keysCommand() *cobra.Command {
	var w where
	c := &cobra.Command{
		Use:   "keys",
		Short: "审计日志和电子档案的公钥，供公布 / public keys of the audit log and of archives, to be published",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := w.load()
			if err != nil {
				return err
			}
			keys, err := app.LogKeys(cfg)
			for _, k := range keys {
				fmt.Println(k)
			}
			return err
		},
	}
	w.flags(c)
	return c
}
