package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/tongban/tongban/internal/app"
	"github.com/tongban/tongban/internal/errs"
)

// where adds the flags that say which platform a command is about.
type where struct{ config, data string }

func (w *where) flags(c *cobra.Command) {
	c.Flags().StringVar(&w.config, "config", "", "配置文件 / configuration file")
	c.Flags().StringVar(&w.data, "data", "tongban-data", "没有 --config 时：演示数据目录 / without --config: the demonstration's data folder")
}

// codeFlag is the flag of a command that needs the configuration for the way
// item codes are built alone, and goes without.
func (w *where) codeFlag(c *cobra.Command) {
	c.Flags().StringVar(&w.config, "config", "", "配置文件，编码规则从这里读取 / configuration file, for how item codes are built")
}

func (w *where) load() (app.Config, error) {
	if w.config != "" {
		return app.ReadConfig(w.config)
	}
	return app.DemoConfig(w.data, "127.0.0.1:8080")
}

func serveCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "serve --config FILE",
		Short: "运行平台 / run the platform",
		Long: `按配置文件运行平台（SQLite 或者 PostgreSQL）。配置项见 docs/config.md。
Runs the platform by a configuration file, on SQLite or PostgreSQL; see docs/config.md.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := app.ReadConfig(file)
			if err != nil {
				return err
			}
			return app.Serve(cmd.Context(), cfg, func(*app.Rooms) { fmt.Println(tr("已启动：", "serving: ") + cfg.URL) })
		},
	}
	c.Flags().StringVar(&file, "config", "", "配置文件 / configuration file")
	_ = c.MarkFlagRequired("config") // the flag is there
	return c
}

func migrateCommand() *cobra.Command {
	var w where
	c := &cobra.Command{
		Use:   "migrate",
		Short: "更新数据库表结构 / bring the tables up to date",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := w.load()
			if err != nil {
				return err
			}
			applied, err := app.Migrate(cmd.Context(), cfg)
			for _, name := range applied {
				fmt.Println(name)
			}
			if err == nil && len(applied) == 0 {
				fmt.Println(tr("表结构已是最新。", "The tables are up to date."))
			}
			return err
		},
	}
	w.flags(c)
	return c
}

func importCommand() *cobra.Command {
	var w where
	c := &cobra.Command{
		Use:   "import DIR",
		Short: "导入机构、人员、事项等 / import organisations, people, items",
		Long: `导入一个目录的 YAML 文件，格式见 sample/README.md。可以在平台运行时使用：
使用 SQLite 时由正在运行的平台导入，使用 PostgreSQL 时由本命令自己打开数据库导入。
Imports a folder of YAML files (format: sample/README.md), also while the platform runs:
on SQLite the running platform does it, on PostgreSQL this command opens the database itself.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := w.load()
			if err != nil {
				return err
			}
			warnings, err := app.ImportDir(cmd.Context(), cfg, args[0], progress(tr("导入", "importing:")))
			for _, m := range warnings {
				fmt.Println(tr("提醒：", "warning: ") + m)
			}
			if err == nil {
				fmt.Println(tr("导入完成。", "Imported."))
			}
			return err
		},
	}
	w.flags(c)
	return c
}

func doctorCommand() *cobra.Command {
	var w where
	c := &cobra.Command{
		Use:   "doctor",
		Short: "检查数据库、排序规则、日历、密钥、磁盘、时钟 / check database, collation, calendar, keys, disk, clock",
		Long: `只读检查，可以在平台运行时使用。有一项失败时退出码为 1。
Looks only; works beside a running platform. Exit code 1 if something fails.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := w.load()
			if err != nil {
				return err
			}
			failed := 0
			for _, k := range app.Doctor(cmd.Context(), cfg) {
				mark := map[string]string{"ok": "✓", "warn": "!", "fail": "✗"}[k.State]
				fmt.Printf("%s %-10s %s\n", mark, k.Name, tr(k.ZH, k.EN))
				if k.State == "fail" {
					failed++
				}
			}
			if failed > 0 {
				return errs.New(errs.Conflict, "doctor", fmt.Sprintf("有 %d 项检查未通过。", failed), fmt.Sprintf("%d checks failed.", failed))
			}
			return nil
		},
	}
	w.flags(c)
	return c
}

func auditCommand() *cobra.Command {
	c := &cobra.Command{Use: "audit", Short: "审计日志 / the audit log"}
	var w where
	var copies []string
	v := &cobra.Command{
		Use:   "verify",
		Short: "从存储的数据证明审计日志完整 / prove the audit log from the stored data",
		Long: `只读，可以在平台运行时使用。--checkpoint 给出另行保存的检查点文件，证明日志自那时起只增不改。
Looks only; works beside a running platform. --checkpoint names files with checkpoints that were kept elsewhere: the log must still contain them.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := w.load()
			if err != nil {
				return err
			}
			var texts []string
			for _, f := range copies {
				b, err := os.ReadFile(f)
				if err != nil {
					return err
				}
				texts = append(texts, string(b))
			}
			rep, err := app.VerifyAudit(cmd.Context(), cfg, texts...)
			if err != nil {
				return err
			}
			fmt.Printf(tr("记录 %d 条，待入日志 %d 条，检查点 %d 个\n", "%d records, %d waiting, %d checkpoints\n"), rep.Records, rep.Pending, rep.Checkpoints)
			if rep.Fault != nil {
				return errs.New(errs.Conflict, "audit-fault", rep.Fault.ZH, rep.Fault.EN)
			}
			fmt.Println(tr("审计日志完整，没有被改动、删除或者插入。", "The log is sound: nothing was changed, removed or inserted."))
			return nil
		},
	}
	w.flags(v)
	v.Flags().StringSliceVar(&copies, "checkpoint", nil, "另行保存的检查点文件 / a checkpoint kept elsewhere")
	c.AddCommand(v, checkpointCommand(), keysCommand())
	return c
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "版本 / version",
		Args:  cobra.NoArgs,
		Run: func(*cobra.Command, []string) {
			version := "devel"
			if b, ok := debug.ReadBuildInfo(); ok && b.Main.Version != "" {
				version = b.Main.Version
			}
			fmt.Printf("tongban %s %s %s/%s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
		},
	}
}
