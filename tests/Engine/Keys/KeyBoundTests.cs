using FuncQueue.Engine.Keys;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Keys;

/// <summary>A change of a key is in force everywhere within 5 s, whatever storage does; what that costs.</summary>
public sealed class KeyBoundTests(AzuriteFixture azurite) : KeyTest(azurite)
{
    [Fact]
    public async Task A_revocation_is_in_force_in_its_own_process_at_once_and_in_others_within_5_seconds()
    {
        var (engine, other) = (Start(), Start());
        var text = await MakeAsync(engine);
        (await FindAsync(other, text)).ShouldBe("producer");
        (await engine.Keys.DeleteAsync(Name("producer"), Cancellation)).Value.ShouldBeTrue();
        (await FindAsync(engine, text)).ShouldBeNull();
        Time.Advance(KeyRing.ChangesWithin);
        (await FindAsync(other, text)).ShouldBeNull();
    }

    [Fact]
    public async Task Fewer_rights_are_in_force_within_5_seconds()
    {
        var (engine, other) = (Start(), Start());
        var text = await MakeAsync(engine, change: Sender with { Rights = ["manage"] });
        (await FindAsync(other, text)).ShouldBe("producer");
        await engine.Keys.PutAsync(Name("producer"), new KeyChange { Rights = ["inspect"] }, default, Cancellation);
        Time.Advance(KeyRing.ChangesWithin);
        (await other.Keys.FindAsync(text, Cancellation)).Value!.Rights.ShouldBe(["inspect"]);
    }

    [Fact]
    public async Task While_storage_does_not_answer_keys_are_good_for_5_seconds_and_not_an_instant_longer()
    {
        var engine = Start();
        var text = await MakeAsync(engine);
        (await engine.Keys.FindAsync(text, Cancellation)).Value!.Name.Value.ShouldBe("producer");
        engine.Faults.Refuse(_ => true, int.MaxValue);
        Time.Advance(KeyRing.ChangesWithin - TimeSpan.FromTicks(1));
        (await engine.Keys.FindAsync(text, Cancellation)).Value!.Name.Value.ShouldBe("producer");
        Time.Advance(TimeSpan.FromTicks(1));
        var failure = (await engine.Keys.FindAsync(text, Cancellation)).Failure;
        (failure is Failure.StorageUnavailable or Failure.StorageThrottled).ShouldBeTrue($"{failure}");
        engine.Faults.Clear();
        await Eventually.HoldsAsync(
            "storage is asked again",
            async () => (await engine.Keys.FindAsync(text, Cancellation)).Failure is null
        );
        (await FindAsync(engine, text)).ShouldBe("producer");
    }

    [Fact]
    public async Task What_a_read_says_that_took_too_long_is_not_gone_by()
    {
        var engine = Start();
        var text = await MakeAsync(engine);
        (await FindAsync(engine, text)).ShouldBe("producer");
        Time.Advance(KeyRing.ChangesWithin);
        var (first, second) = (engine.Faults.Hold(ReadsRoot), engine.Faults.Hold(ReadsRoot));
        var finding = engine.Keys.FindAsync(text, Cancellation);
        foreach (var held in new[] { first, second })
        {
            await held.Reached;
            Time.Advance(KeyRing.ChangesWithin);
            held.Release();
        }

        (await finding).Failure.ShouldBeOfType<Failure.StorageUnavailable>();
    }

    [Fact]
    public async Task Changes_in_a_row_keep_nobody_from_being_found()
    {
        var engine = Start();
        var text = await MakeAsync(engine);
        var changing = true;
        var changes = Task.Run(
            async () =>
            {
                for (var i = 0; Volatile.Read(ref changing); i++)
                    await engine.Keys.PutAsync(Name($"other-{i % 5}"), Sender, default, Cancellation);
            },
            Cancellation
        );
        for (var i = 0; i < 300; i++)
            (await engine.Keys.FindAsync(text, Cancellation)).Value!.Name.Value.ShouldBe("producer");
        Volatile.Write(ref changing, false);
        await changes;
    }

    [Fact]
    public async Task A_process_reads_one_row_every_few_seconds_while_it_is_used_and_nothing_while_it_is_not()
    {
        var engine = Start();
        var text = await MakeAsync(engine);
        (await FindAsync(engine, text)).ShouldBe("producer");
        engine.Requests.Clear();
        const int Seconds = 60;
        for (var i = 0; i < 10 * Seconds; i++)
        {
            (await engine.Keys.FindAsync(text, Cancellation)).Value.ShouldNotBeNull();
            Time.Advance(TimeSpan.FromMilliseconds(100));
            // What is read in the background has an instant to come back.
            await Task.Yield();
        }

        engine.Requests.Count.ShouldBeInRange(Seconds / 5, (Seconds / 2) + 1);
        engine.Requests.All.ShouldAllBe(r => ReadsRoot(r));
        await Eventually.HoldsAsync(
            "the last read ends",
            async () =>
            {
                var before = engine.Requests.Count;
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
                return engine.Requests.Count == before;
            }
        );
        engine.Requests.Clear();
        Time.Advance(TimeSpan.FromHours(1));
        await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
        engine.Requests.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Keys_that_nobody_has_make_four_reads_a_second_however_many_are_shown()
    {
        var engine = Start();
        await MakeAsync(engine);
        var forged = Enumerable
            .Range(0, 200)
            .Select(i => KeyText.Derive(new byte[KeyText.RootBytes], $"k{i}", KeyText.NewVersion()))
            .ToList();
        (await FindAsync(engine, forged[0])).ShouldBeNull();
        engine.Requests.Clear();
        var finding = Task.WhenAll(forged.Select(text => engine.Keys.FindAsync(text, Cancellation)));
        while (!finding.IsCompleted)
        {
            Time.Advance(TimeSpan.FromMilliseconds(250));
            await Task.WhenAny(finding, Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancellation));
        }

        (await finding).ShouldAllBe(outcome => outcome.Value == null);
        engine.Requests.Count.ShouldBeLessThanOrEqualTo(3);
    }

    private static bool ReadsRoot(StorageRequest request) =>
        request.IsRowRead && request.Uri.OriginalString.Contains("root", StringComparison.Ordinal);
}
