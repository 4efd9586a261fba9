package org_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongban/central/kernel"
	"tongban/central/kernel/actor"
	"tongban/central/kernel/auth"
	"tongban/central/kernel/check"
	"tongban/central/kernel/db"
	"tongban/central/kernel/errs"
	"tongban/central/kernel/kerneltest"
	"tongban/central/kernel/org"
)

func TestTheSeedIsSound(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		regions, err := k.Org.Regions(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]string{}
		counties := 0
		for _, r := range regions {
			names[r.Code] = r.Name
			if r.Code != "510700000000" && names[r.Parent] == "" {
				t.Errorf("%s %s lies below %q, which is not there", r.Code, r.Name, r.Parent)
			}
			if r.Code[6:] == "000000" && r.Code != "510700000000" {
				counties++
			}
		}
		if counties != 9 {
			t.Errorf("%d districts, counties and cities below Mianyang, want 9", counties)
		}
		departments, err := k.Org.Departments(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range departments {
			if d.USC != "" && check.Verify(check.USCC, d.USC).State == check.Invalid {
				t.Errorf("%s: code %s does not hold", d.Name, d.USC)
			}
		}
	})
}

func TestTreeAndCircles(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		ctx := auth.AsSystem(t.Context(), "test")
		put := func(id, parent string) error {
			return k.Org.PutDepartment(ctx, org.Department{ID: id, Region: "510703000000", Parent: parent, Name: "部门 " + id}, "试试")
		}
		for _, p := range [][2]string{{"a", ""}, {"b", "a"}, {"c", "b"}, {"d", "a"}} {
			if err := put(p[0], p[1]); err != nil {
				t.Fatal(err)
			}
		}
		if err := put("a", "c"); errs.CodeOf(err) != "org.circle" {
			t.Errorf("a circle: %v", err)
		}
		if err := put("e", "nowhere"); errs.KindOf(err) != errs.NotFound {
			t.Errorf("below nothing: %v", err)
		}
		var below map[string][]string
		err := k.DB.View(t.Context(), func(q db.Query) (err error) {
			below, _, err = k.Org.Tree(t.Context(), q)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]string{"a", "b", "c", "d"}, below["a"]); d != "" {
			t.Error(d)
		}
	})
}

// A grant for a department covers what is put below it later, from the next request on and in every copy.
func TestDepartmentGrantsFollowTheTree(t *testing.T) {
	kerneltest.Each(t, func(t *testing.T, k *kerneltest.Kit) {
		probe := kernel.Module{Name: "probe", Permissions: []kernel.Permission{{Name: "probe:read", Title: "看", Roles: []string{"clerk"}}}}
		k.Use(t, probe)
		twin := k.Twin(t)
		twin.Use(t, probe)
		ctx := auth.AsSystem(t.Context(), "test")
		put := func(id, parent string) {
			t.Helper()
			if err := k.Org.PutDepartment(ctx, org.Department{ID: id, Region: "510703000000", Parent: parent, Name: "部门 " + id}, "试试"); err != nil {
				t.Fatal(err)
			}
		}
		put("top", "")
		put("other", "")
		_, err := k.Auth.Create(ctx, auth.Account{
			Login: "wang", Name: "王芳", DepartmentID: "top", Grants: []auth.Grant{{Role: "clerk", Reach: actor.ReachDepartment, Place: "top"}},
		}, "Correct-Horse-9")
		if err != nil {
			t.Fatal(err)
		}
		session, err := k.Auth.Login(actor.WithOrigin(t.Context(), actor.Origin{Source: "10.0.0.1"}), "wang", "Correct-Horse-9", "")
		if err != nil {
			t.Fatal(err)
		}
		covers := func(department string) bool {
			t.Helper()
			s, err := twin.Auth.Find(t.Context(), auth.ForStaff, session.Token)
			if err != nil {
				t.Fatal(err)
			}
			return s.Actor.Scope("probe:read").Covers(actor.Place{Department: department})
		}
		if session.Actor.Department != "部门 top" || !covers("top") || covers("other") || covers("") {
			t.Errorf("begins with %+v", session.Actor)
		}
		put("other", "top")
		if !covers("other") {
			t.Error("what was put below is not covered")
		}
		put("other", "")
		if covers("other") {
			t.Error("what was taken out is still covered")
		}
		_, err = k.Auth.Create(ctx, auth.Account{Login: "li", Name: "李", Grants: []auth.Grant{{Role: "clerk", Reach: actor.ReachDepartment, Place: "nowhere"}}}, "Correct-Horse-9")
		if errs.CodeOf(err) != "auth.bad_grant" {
			t.Errorf("a grant for no department: %v", err)
		}
	})
}

// What catalogues and papers write finds the department: the code first, else the name.
func TestFindDepartment(t *testing.T) {
	k := kerneltest.New(t)
	for _, c := range []struct{ usc, name, want string }{
		{"11510799007991011N", "别的名字", "fc-mzj"}, {"", "涪城区行政审批局", "fc-xspj"}, {"", "", ""}, {"11510799007991011N", "涪城区行政审批局", "fc-mzj"},
	} {
		found, ok, err := k.Org.FindDepartment(t.Context(), c.usc, c.name)
		if err != nil || found.ID != c.want || ok != (c.want != "") {
			t.Errorf("%q %q: %+v, %v, %v", c.usc, c.name, found, ok, err)
		}
	}
}
