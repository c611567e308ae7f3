using FuncQueue.Functions.Access;

namespace FuncQueue.App.Tests.Access;

/// <summary>What rights on resources allow.</summary>
public sealed class GrantTests
{
    private static readonly Rights[] Each = [.. RightNames.All.Select(r => r.Right)];

    [Fact]
    public void Manage_includes_all_but_keys_and_no_other_right_includes_any()
    {
        foreach (var held in Each)
        {
            foreach (var asked in Each)
            {
                var grant = new Grant(held, [ResourcePattern.Any]);
                var allowed = held == asked || (held == Rights.Manage && asked != Rights.Keys);
                grant.Allows(asked, Resource.Queue("orders")).ShouldBe(allowed, $"{held} for {asked}");
                grant.Allows(asked, Resource.Everything).ShouldBe(allowed, $"{held} for {asked} on everything");
                grant.Has(asked).ShouldBe(allowed);
            }
        }
    }

    [Fact]
    public void Of_several_rights_one_suffices_and_without_any_nothing_is_allowed()
    {
        var grant = new Grant(Rights.Receive | Rights.Inspect, [ResourcePattern.Any]);
        grant.Allows(Rights.Receive | Rights.Peek, Resource.Queue("orders")).ShouldBeTrue();
        grant.Allows(Rights.Send | Rights.Peek, Resource.Queue("orders")).ShouldBeFalse();
        foreach (var right in Each)
            Grant.Nothing.Allows(right, Resource.Queue("orders")).ShouldBeFalse();
    }

    [Fact]
    public void A_right_is_for_the_resources_that_match_and_for_no_others()
    {
        ResourcePattern.TryParse("orders*", out var orders).ShouldBeTrue();
        ResourcePattern.TryParse("topic:prices", out var prices).ShouldBeTrue();
        var grant = new Grant(Rights.Manage, [orders, prices]);
        grant.Allows(Rights.Send, Resource.Queue("orders-eu")).ShouldBeTrue();
        grant.Allows(Rights.Send, Resource.Topic("prices")).ShouldBeTrue();
        grant.Allows(Rights.Send, Resource.Queue("prices")).ShouldBeFalse();
        grant.Allows(Rights.Send, Resource.Topic("orders-eu")).ShouldBeFalse();
        grant.Allows(Rights.Send, Resource.Everything).ShouldBeFalse("what concerns all needs the resource *");
    }

    [Fact]
    public void Names_and_rights_are_one_to_one()
    {
        foreach (var (right, name) in RightNames.All)
        {
            RightNames.Parse(name).ShouldBe(right);
            RightNames.Of(right).ShouldBe([name]);
        }

        RightNames.Parse("Send").ShouldBe(Rights.None);
        RightNames.Parse("").ShouldBe(Rights.None);
        RightNames.Of(Rights.All).Count.ShouldBe(7);
    }
}
