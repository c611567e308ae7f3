using FuncQueue.Engine.Keys;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Keys;

/// <summary>Changes of keys whose answers are lost, or that come too late.</summary>
public sealed class UncertainKeyTests(AzuriteFixture azurite) : KeyTest(azurite)
{
    [Fact]
    public async Task A_key_whose_answer_was_lost_is_told_all_the_same()
    {
        var engine = Start();
        await MakeAsync(engine, "worker");
        engine.Faults.LoseAnswer(r => r.IsTableWrite);
        var text = await MakeAsync(engine);
        (await FindAsync(engine, text)).ShouldBe("producer");
        engine.Faults.LoseAnswer(r => r.IsTableWrite);
        var next = await RotateAsync(engine, TimeSpan.Zero);
        (await FindAsync(engine, next)).ShouldBe("producer");
        (await FindAsync(engine, text)).ShouldBeNull();
        engine.Faults.LoseAnswer(r => r.IsTableWrite);
        (await engine.Keys.DeleteAsync(Name("producer"), Cancellation)).Value.ShouldBeTrue();
    }

    [Fact]
    public async Task A_change_that_may_yet_arrive_is_told_as_uncertain_and_what_came_of_it_is_seen_at_once()
    {
        var engine = Start();
        var text = await MakeAsync(engine);
        var late = engine.Faults.Delay(r => r.IsTableWrite);
        (await engine.Keys.RotateAsync(Name("producer"), TimeSpan.Zero, Cancellation)).Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
        (await FindAsync(engine, text)).ShouldBe("producer");
        await late.ArriveAsync();
        Time.Advance(KeyRing.ChangesWithin);
        (await FindAsync(engine, text)).ShouldBeNull();
    }

    [Fact]
    public async Task A_first_key_that_was_not_made_leaves_no_lock()
    {
        var engine = Start();
        engine.Faults.LoseRequest(r => r.IsTableWrite, int.MaxValue);
        (await engine.Keys.PutAsync(Name("producer"), Sender, default, Cancellation)).Failure.ShouldNotBeNull();
        engine.Faults.Clear();
        (await engine.Keys.IsLockedAsync(Cancellation)).Value.ShouldBeFalse();
        (await FindAsync(engine, await MakeAsync(engine))).ShouldBe("producer");
    }

    [Fact]
    public async Task A_change_that_another_process_overtakes_is_decided_again()
    {
        var (engine, other) = (Start(), Start());
        await MakeAsync(engine);
        var held = engine.Faults.Hold(r => r.IsTableWrite);
        var changing = engine.Keys.PutAsync(Name("producer"), new KeyChange { Rights = ["receive"] }, default, Cancellation);
        await held.Reached;
        await other.Keys.PutAsync(Name("producer"), new KeyChange { Resources = ["invoices"] }, default, Cancellation);
        held.Release();
        (await changing).Failure.ShouldBeNull();
        var info = (await other.Keys.GetAsync(Name("producer"), Cancellation)).Value!;
        info.Rights.ShouldBe(["receive"]);
        info.Resources.ShouldBe(["invoices"]);
    }
}
