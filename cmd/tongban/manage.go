package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/app"
	"github.com/tongban/tongban/internal/errs"
)

func staffCommand() *cobra.Command {
	c := &cobra.Command{Use: "staff", Short: "首批管理员账号 / accounts of the first administrators"}
	var w, wr where
	var in app.NewStaff
	var role string
	create := &cobra.Command{
		Use:   "create LOGIN --name NAME --unit KEY --role ROLE",
		Short: "新建管理员账号，密码和动态口令密钥只显示一次 / make an administrator's account; its secrets are shown once",
		Long: `为新平台建立系统、安全、审计三名管理员，须为三个人。其他账号由系统管理员建立，角色由安全管理员授予。
Makes the system, security and audit administrator of a new platform: three people. The system administrator
makes all other accounts, the security administrator gives the roles. Units come from: tongban import DIR.`,
		Example: `  tongban staff create sys-li --name 李明 --unit wx-spj --role system-admin --config tongban.yaml`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := w.load()
			if err != nil {
				return err
			}
			in.Login, in.Role = args[0], actor.Role(role)
			s, err := app.CreateStaff(cmd.Context(), cfg, in)
			showSecrets(args[0], s)
			return err
		},
	}
	w.flags(create)
	create.Flags().StringVar(&in.Name, "name", "", "姓名 / name")
	create.Flags().StringVar(&in.Unit, "unit", "", "所在单位的 key / key of the unit")
	create.Flags().StringVar(&role, "role", "", strings.Join(roleNames(), "、"))
	for _, name := range []string{"name", "unit"} {
		_ = create.MarkFlagRequired(name) // the flag is there
	}
	reset := &cobra.Command{
		Use:   "reset LOGIN",
		Short: "重置密码和动态口令密钥，旧的作废 / new password and second factor; the old ones end",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := wr.load()
			if err != nil {
				return err
			}
			s, err := app.ResetStaff(cmd.Context(), cfg, args[0])
			showSecrets(args[0], s)
			return err
		},
	}
	wr.flags(reset)
	c.AddCommand(create, reset)
	return c
}

func roleNames() (out []string) {
	for _, r := range app.AdministratorRoles() {
		out = append(out, string(r))
	}
	return out
}

func showSecrets(login string, s app.Secrets) {
	if s.Password == "" {
		return
	}
	fmt.Println(tr("账号：", "login: ") + login)
	fmt.Println(tr("初始密码：", "first password: ") + s.Password)
	fmt.Println(tr("动态口令密钥：", "second factor: ") + s.OTPURL)
	fmt.Println(tr("只显示这一次。请交给本人，首次登录须修改密码。", "Shown this once. Hand it to its owner, who has to change the password at the first login."))
}

func calendarCommand() *cobra.Command {
	c := &cobra.Command{Use: "calendar", Short: "工作日历 / the working-day calendar"}
	var w where
	imp := &cobra.Command{
		Use:   "import FILE",
		Short: "导入一年的放假通知 / import a year's holiday notice",
		Long: `导入国务院办公厅放假通知的 JSON 文件（本平台格式，或者 holiday-cn 项目的格式）。可以在平台运行时使用：
使用 SQLite 时由正在运行的平台导入，使用 PostgreSQL 时由本命令自己打开数据库导入。
Imports the State Council's holiday notice as JSON (our form, or that of the holiday-cn project), also while the
platform runs: on SQLite the running platform does it, on PostgreSQL this command opens the database itself.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := w.load()
			if err != nil {
				return err
			}
			edition, err := app.ImportCalendar(cmd.Context(), cfg, args[0])
			if err == nil {
				fmt.Println(tr("日历版本：", "calendar edition: ") + edition)
			}
			return err
		},
	}
	w.flags(imp)
	c.AddCommand(imp)
	return c
}

func backupCommand() *cobra.Command {
	var w where
	c := &cobra.Command{
		Use:   "backup FILE",
		Short: "备份 SQLite 数据库 / copy the SQLite database",
		Long: `把 SQLite 数据库复制到一个新文件，平台可以同时运行。密钥目录和文件目录另行备份，见 docs/operations.md。
Copies the SQLite database into a new file, also while the platform runs. Keys and files are copied apart: docs/operations.md.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := w.load()
			if err == nil {
				err = app.Backup(cmd.Context(), cfg, args[0])
			}
			if err == nil {
				fmt.Println(tr("备份完成：", "copied: ") + args[0])
			}
			return err
		},
	}
	w.flags(c)
	return c
}

func checkpointCommand() *cobra.Command {
	var w where
	c := &cobra.Command{
		Use:   "checkpoint",
		Short: "显示最新的检查点，供另行保存 / the newest checkpoint, to be kept elsewhere",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := w.load()
			if err != nil {
				return err
			}
			text, err := app.Checkpoint(cmd.Context(), cfg)
			if err == nil && text == "" {
				err = errs.New(errs.NotFound, "no-checkpoint", "还没有检查点。", "There is no checkpoint yet.")
			}
			if err == nil {
				fmt.Print(text)
			}
			return err
		},
	}
	w.flags(c)
	return c
}
