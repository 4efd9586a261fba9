package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/crypto"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/vault"
	fleet "tongban/fleet/module"
)

// firstPeople are the accounts of a fresh centre, at least one for each role. Their passwords are made here, once, and written into a
// file that only its owner can read; there is no default password, and each must be changed at the first sign-in. Business
// is held where the people work, and no administrator holds any.
var firstPeople = []auth.Account{
	first("clerk", "周敏", "fc-xspj", "fc-hall", "B 区 12 号窗", "综合窗口岗", auth.Grant{Role: "clerk", Reach: actor.ReachRegion, Place: "510703000000"}),
	first("supervisor", "何志远", "fc-xspj", "fc-hall", "B 区值班台", "值班长岗", auth.Grant{Role: "supervisor", Reach: actor.ReachRegion, Place: "510703000000"}),
	first("approver", "林岚", "fc-mzj", "", "", "审查岗", auth.Grant{Role: "approver", Reach: actor.ReachDepartment, Place: "fc-mzj"}),
	first("inspector", "郑芸", "my-zwfw", "", "督查科", "督查岗", auth.Grant{Role: "inspector", Reach: actor.ReachAll}),
	first("chief", "梁慎", "fc-mzj", "", "", "决定岗", auth.Grant{Role: "approver", Reach: actor.ReachDepartment, Place: "fc-mzj"}),
	first("approver2", "罗溪", "fc-scjg", "", "", "审查岗", auth.Grant{Role: "approver", Reach: actor.ReachDepartment, Place: "fc-scjg"}),
	first("deskadmin", "纪平", "my-zwfw", "", "", "签收配置岗", auth.Grant{Role: "desk-admin", Reach: actor.ReachAll}),
	first("leader", "郑国平", "my-zwfw", "", "", "局领导", auth.Grant{Role: "leader", Reach: actor.ReachAll}),
	editing(first("editor", "苏晴", "my-rsj", "", "", "编制岗", auth.Grant{Role: "item-editor", Reach: actor.ReachDepartment, Place: "my-rsj"}), "fc-scjg", "fc-mzj"),
	first("reviewer", "贺云", "my-zwfw", "", "", "审核岗", auth.Grant{Role: "item-reviewer", Reach: actor.ReachAll}),
	first("publisher", "段宁", "my-zwfw", "", "", "发布岗", auth.Grant{Role: "item-publisher", Reach: actor.ReachAll}),
	first("clerk2", "陈曦", "fc-xspj", "fc-hall", "A 区 1 号窗", "综合窗口岗", auth.Grant{Role: "clerk", Reach: actor.ReachRegion, Place: "510703000000"}),
	first("clerk3", "韩笑", "fc-xspj", "fc-hall", "B 区 11 号窗", "综合窗口岗", auth.Grant{Role: "clerk", Reach: actor.ReachRegion, Place: "510703000000"}),
	first("clerk4", "余帆", "fc-xspj", "fc-hall", "C 区 17 号窗", "综合窗口岗", auth.Grant{Role: "clerk", Reach: actor.ReachRegion, Place: "510703000000"}),
	first("hall", "曹晖", "fc-xspj", "fc-hall", "B 区值班台", "大厅配置岗", auth.Grant{Role: "hall-admin", Reach: actor.ReachRegion, Place: "510703000000"}),
	first("exchange", "唐棠", "my-zwfw", "", "数据科", "协同管理岗", auth.Grant{Role: "exchange-admin", Reach: actor.ReachAll}),
	first("fleet", "罗建", "my-zwfw", "", "运维室", "终端运维岗", auth.Grant{Role: "fleet-admin", Reach: actor.ReachAll}),
	first("sysadmin", "高原", "my-zwfw", "", "机房", "系统管理岗", auth.Grant{Role: "system-admin", Reach: actor.ReachAll}),
	first("secadmin", "沈越", "my-zwfw", "", "安全室", "安全管理岗", auth.Grant{Role: "security-admin", Reach: actor.ReachAll}),
	// Two of a kind, since nobody approves his own second notice.
	first("supervisor2", "秦越", "fc-xspj", "fc-hall", "A 区值班台", "值班长岗", auth.Grant{Role: "supervisor", Reach: actor.ReachRegion, Place: "510703000000"}),
	first("auditor", "唐静", "my-zwfw", "", "审计室", "审计岗", auth.Grant{Role: "audit-admin", Reach: actor.ReachAll}),
}

// editing is an account that drafts items for several departments, as an office that helps them does (梳理).
func editing(a auth.Account, more ...string) auth.Account {
	for _, d := range more {
		g := a.Grants[0]
		g.Place = d
		a.Grants = append(a.Grants, g)
	}
	return a
}

func first(login, name, department, hall, desk, post string, g auth.Grant) auth.Account {
	g.Reason = "首次启动"
	return auth.Account{Login: login, Name: name, DepartmentID: department, Hall: hall, Desk: desk, Posts: []string{post}, Grants: []auth.Grant{g}, MustChange: true, Reason: "首次启动"}
}

// initialised is what init prints.
type initialised struct {
	Data     string `json:"data"`
	Secrets  string `json:"secrets"` // file with the one-time passwords
	CA       string `json:"ca"`      // certificate that terminals are given
	Accounts int    `json:"accounts_made"`
}

// initCommand makes keys, certificates and first accounts. Run again it adds what is missing and changes nothing else.
func initCommand(ctx context.Context, args []string, out io.Writer) error {
	c, _, err := load(args)
	if err != nil {
		return err
	}
	if err := prepare(c); err != nil {
		return err
	}
	centre, err := open(ctx, c, false)
	if err != nil {
		return err
	}
	defer centre.close(ctx)
	file := filepath.Join(c.Data, "first-start.txt")
	made, err := firstAccounts(ctx, centre, file)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(initialised{Data: c.Data, Secrets: file, CA: fleet.CAFile(c.Data), Accounts: made})
}

// prepare makes the folder and every key that is not there yet.
func prepare(c Config) error {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	if err := vault.Init(filepath.Join(c.Data, "keys.json")); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	ticking, err := c.clock()
	if err != nil {
		return err
	}
	if _, err := crypto.EnsureFile(filepath.Join(c.Data, "keys.json"), ticking.Now()); err != nil {
		return err
	}
	return fleet.InitKeys(c.Data, c.Hosts, ticking.Now())
}

// firstAccounts writes each password into the file before its account exists: a crash in between leaves a password that
// opens nothing, never an account that nobody can open.
func firstAccounts(ctx context.Context, centre *centre, file string) (made int, err error) {
	var b strings.Builder
	b.WriteString("# 首次登录的一次性密码。第一次登录后请改，改完删除本文件。\n# 账号 密码\n")
	passwords := map[string]string{}
	if _, err := os.Stat(file); err == nil {
		return 0, nil
	}
	for _, p := range firstPeople {
		passwords[p.Login] = auth.RandomPassword()
		fmt.Fprintf(&b, "%s %s\n", p.Login, passwords[p.Login])
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		return 0, fmt.Errorf("write first-start file: %w", err)
	}
	ctx = auth.AsSystem(ctx, "init")
	for _, p := range firstPeople {
		d, err := centre.kernel.Org.Department(ctx, p.DepartmentID)
		if err != nil {
			return made, fmt.Errorf("find department of %s: %w", p.Login, err)
		}
		p.Department, p.Region = d.Name, d.Region
		_, err = centre.kernel.Auth.Create(ctx, p, passwords[p.Login])
		if errs.KindOf(err) == errs.Conflict {
			continue
		}
		if err != nil {
			return made, fmt.Errorf("make account %s: %w", p.Login, err)
		}
		made++
	}
	return made, nil
}
