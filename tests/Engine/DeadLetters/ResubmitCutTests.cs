using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.DeadLetters;

/// <summary>A resubmission that is cut off at any step, or whose answers are lost: the edit goes with the move, or neither.</summary>
[Trait("Guarantee", "1")]
public sealed class ResubmitCutTests(AzuriteFixture azurite) : ResubmitTest(azurite)
{
    /// <summary>The write at which the process dies, whether that write is still carried out, and where the message goes.</summary>
    public static TheoryData<int, bool, bool> Deaths()
    {
        var data = new TheoryData<int, bool, bool>();
        for (var write = 1; write <= 6; write++)
        {
            foreach (var carriedOut in new[] { true, false })
            {
                data.Add(write, carriedOut, true);
                if (write <= 2)
                    data.Add(write, carriedOut, false);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Deaths))]
    public async Task When_the_process_dies_at_any_write_the_message_is_a_dead_letter_as_it_was_or_live_as_it_was_to_be(
        int write,
        bool carriedOut,
        bool toAnother
    )
    {
        var (survivor, victim) = await StartBothAsync();
        var id = await DeadLetterAsync(survivor, TestEngine.Text(LongText));
        var seen = 0;
        if (carriedOut)
            victim.Faults.LoseAnswer(Dies);
        else
            victim.Faults.LoseRequest(Dies);
        _ = await ResubmitAsync(victim, id, Edited(LongText + "!", toAnother));
        victim.Kill();
        Time.Advance(TimeSpan.FromMinutes(2));
        await survivor.SweepAsync(everything: true);
        await ExpectOneAsync(survivor, id, toAnother);

        bool Dies(StorageRequest request)
        {
            if (!request.WritesQueue || ++seen != write)
                return false;
            victim.Kill();
            return true;
        }
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    [InlineData(5, true)]
    [InlineData(6, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    public async Task A_lost_answer_of_any_write_neither_loses_nor_doubles_nor_forgets_the_edit(int write, bool toAnother)
    {
        var (engine, other) = await StartBothAsync();
        var id = await DeadLetterAsync(engine, TestEngine.Text("a"));
        var seen = 0;
        var lost = engine.Faults.LoseAnswer(r => r.WritesQueue && ++seen == write);
        var outcome = await ResubmitAsync(engine, id, Edited(LongText, toAnother));
        lost.Count.ShouldBe(1);
        Time.Advance(TimeSpan.FromMinutes(2));
        await other.SweepAsync(everything: true);
        var live = await ExpectOneAsync(other, id, toAnother, was: "a", edited: LongText);
        if (outcome.Failure is null)
            live.ShouldBe(outcome.Value);
        else if (live is not null)
            outcome.Failure.ShouldBeOfType<Failure.OutcomeUnknown>();
    }

    [Fact]
    public async Task A_process_that_stands_still_learns_as_what_others_have_moved_its_message()
    {
        var (engine, slow) = await StartBothAsync();
        var id = await DeadLetterAsync(engine, TestEngine.Text("a"));
        var held = slow.Faults.Hold(r => r.InsertsMessages);
        var resubmission = ResubmitAsync(slow, id, Edited("mended", true));
        await held.Reached;
        Time.Advance(TimeSpan.FromMinutes(2));
        await engine.SweepAsync(everything: true);
        held.Release();
        var arrived = (await resubmission).Value;
        engine.Queue = Target;
        var live = await engine.DequeueOneAsync();
        (live.Id(), live.Text()).ShouldBe((arrived, "mended"));
    }

    [Fact]
    public async Task An_upload_that_was_given_up_meanwhile_leaves_the_dead_letter_where_it_was()
    {
        var (engine, slow) = await StartBothAsync();
        var id = await DeadLetterAsync(engine, TestEngine.Text("a"));
        var held = slow.Faults.Hold(r => r.InsertsMessages);
        var resubmission = ResubmitAsync(slow, id, Edited(LongText, true));
        await held.Reached;
        // Whoever sweeps finds the transfer as old as the upload, and does not know which of the two others saw first.
        Time.Advance(Options.UploadTimeout + TimeSpan.FromMinutes(1));
        await engine.SweepAsync(SweepScope.Storage, everything: true);
        await engine.SweepAsync(everything: true);
        held.Release();
        _ = await resubmission;
        await engine.SweepAsync(everything: true);
        await ExpectOneAsync(engine, id, toAnother: true, was: "a", edited: LongText);
    }
}
