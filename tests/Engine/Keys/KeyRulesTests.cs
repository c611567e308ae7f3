using FuncQueue.Engine.Keys;

namespace FuncQueue.Engine.Tests.Keys;

/// <summary>What becomes of a key, decided without storage.</summary>
public sealed class KeyRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly KeyName Name = KeyName.TryParse("worker", out var name) ? name : throw new InvalidOperationException();
    private static readonly KeyChange Complete = new() { Rights = ["send"], Resources = ["orders*"] };

    [Fact]
    public void A_new_key_needs_rights_and_resources()
    {
        var refused = KeyRules.Put(Name, null, new KeyChange(), default, Now).Failure.ShouldBeOfType<Failure.Invalid>();
        refused.Faults.Select(f => f.Field).ShouldBe(["rights", "resources"]);
        var made = Make();
        made.Info.Rights.ShouldBe(["send"]);
        made.Info.CreatedAt.ShouldBe(Now);
        made.Info.ExpiresAt.ShouldBeNull();
        made.Former.ShouldBeNull();
    }

    [Fact]
    public void A_change_keeps_what_it_does_not_name_and_the_version()
    {
        var made = Put(null, Complete with { ExpiresAt = Now.AddDays(1) });
        var changed = Put(made, new KeyChange { Rights = ["receive"] }, Now.AddMinutes(1));
        changed.Info.Rights.ShouldBe(["receive"]);
        changed.Info.Resources.ShouldBe(["orders*"]);
        changed.Info.ExpiresAt.ShouldBe(Now.AddDays(1));
        changed.Version.ShouldBe(made.Version);
        changed.Info.ETag.ShouldNotBe(made.Info.ETag);
        changed.Info.ChangedAt.ShouldBe(Now.AddMinutes(1));
        Put(made, new KeyChange { ExpiresAt = (DateTimeOffset?)null }).Info.ExpiresAt.ShouldBeNull();
    }

    [Fact]
    public void Conditions_hold_or_nothing_changes()
    {
        var made = Make();
        Refused(made, new KeyCondition(null, IfNoneMatch: true));
        Refused(made, new KeyCondition("another", false));
        Refused(null, new KeyCondition("*", false));
        KeyRules.Put(Name, made, Complete, new KeyCondition(made.Info.ETag, false), Now).Failure.ShouldBeNull();
        KeyRules.Put(Name, made, Complete, new KeyCondition("*", false), Now).Failure.ShouldBeNull();
        KeyRules.Put(Name, null, Complete, new KeyCondition(null, IfNoneMatch: true), Now).Failure.ShouldBeNull();

        static void Refused(KeyRecord? there, KeyCondition condition) =>
            KeyRules.Put(Name, there, Complete, condition, Now).Failure.ShouldBeOfType<Failure.PreconditionFailed>();
    }

    [Fact]
    public void After_a_rotation_the_last_key_is_good_for_the_overlap_and_none_before_it()
    {
        var first = Make();
        var second = KeyRules.Rotate(first, TimeSpan.FromMinutes(10), Now);
        KeyRules.GoodVersions(second, Now.AddMinutes(10).AddTicks(-1)).ShouldBe([second.Version, first.Version]);
        KeyRules.GoodVersions(second, Now.AddMinutes(10)).ShouldBe([second.Version]);
        var third = KeyRules.Rotate(second, TimeSpan.FromMinutes(10), Now.AddMinutes(1));
        KeyRules.GoodVersions(third, Now.AddMinutes(1)).ShouldBe([third.Version, second.Version]);
        KeyRules.GoodVersions(KeyRules.Rotate(third, TimeSpan.Zero, Now), Now).Count().ShouldBe(1);
    }

    [Fact]
    public void A_key_that_has_expired_is_not_good_in_any_version()
    {
        var key = KeyRules.Rotate(Put(null, Complete with { ExpiresAt = Now.AddHours(1) }), TimeSpan.FromDays(1), Now);
        KeyRules.GoodVersions(key, Now.AddHours(1).AddTicks(-1)).Count().ShouldBe(2);
        KeyRules.GoodVersions(key, Now.AddHours(1)).ShouldBeEmpty();
    }

    private static KeyRecord Make() => Put(null, Complete);

    private static KeyRecord Put(KeyRecord? there, KeyChange change, DateTimeOffset? now = null) =>
        KeyRules.Put(Name, there, change, default, now ?? Now).Value;
}
