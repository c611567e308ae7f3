using System.Text;
using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.DeadLetters;

/// <summary>
/// One dead letter made live again, edited or not, in its queue or another: it is in one place at every instant and arrives once, as what
/// was asked, whatever stops or is lost in between.
/// </summary>
[Trait("Guarantee", "1")]
public sealed class ResubmitTests(AzuriteFixture azurite) : ResubmitTest(azurite)
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task What_is_not_edited_stays_as_it_is(bool toAnother, bool fifo)
    {
        var (engine, other) = await StartBothAsync(fifo);
        var message = TestEngine.Text("ä") with
        {
            Attributes = new Dictionary<string, string> { ["k"] = "v" },
            ContentType = "text/x",
            GroupId = "g",
        };
        var id = await DeadLetterAsync(engine, message);
        var arrived = (await ResubmitAsync(other, id, new Resubmission { To = toAnother ? Target : null })).Value;
        other.Queue = toAnother ? Target : other.Queue;
        var live = (await other.DequeueOneAsync()).Message;
        live.ShouldSatisfyAllConditions(
            m => m.MessageId.ShouldBe(arrived),
            m => m.OriginalMessageId.ShouldBe(id),
            m => m.Text().ShouldBe("ä"),
            m => m.ContentType.ShouldBe("text/x"),
            m => m.GroupId.ShouldBe("g"),
            m => m.DeliveryCount.ShouldBe(1),
            m => m.DeadLetterReason.ShouldBeNull(),
            m => m.Attributes.ShouldBe(new Dictionary<string, string> { ["k"] = "v" })
        );
        (await ResubmitAsync(engine, id, new Resubmission())).Failure.ShouldBeOfType<Failure.MessageNotFound>();
    }

    public static TheoryData<bool, bool, bool> Bodies()
    {
        var data = new TheoryData<bool, bool, bool>();
        foreach (var toAnother in new[] { false, true })
        {
            foreach (var wasLong in new[] { false, true })
            {
                data.Add(toAnother, wasLong, false);
                data.Add(toAnother, wasLong, true);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task An_edited_message_has_its_new_body_and_attributes_and_no_payload_is_left_behind(
        bool toAnother,
        bool wasLong,
        bool isLong
    )
    {
        var (engine, other) = await StartBothAsync();
        var id = await DeadLetterAsync(engine, TestEngine.Text(wasLong ? LongText : "short"));
        var text = isLong ? LongText + "!" : "mended";
        var arrived = (await ResubmitAsync(other, id, Edited(text, toAnother))).Value;
        other.Queue = toAnother ? Target : other.Queue;
        await SweepLaterAsync(other);
        (await Blobs.NamesAsync()).Count.ShouldBe(isLong ? 1 : 0);
        var live = await other.DequeueOneAsync();
        live.Id().ShouldBe(arrived);
        live.Message.BodyLength.ShouldBe(text.Length);
        Encoding.UTF8.GetString(await other.ReadBodyAsync(live.Id())).ShouldBe(text);
        live.Message.Attributes.ShouldBe(new Dictionary<string, string> { ["mended"] = "yes" });
        live.Message.ContentType.ShouldBe("text/plain");
        await other.AckAsync(live);
        await SweepLaterAsync(other);
        (await Blobs.NamesAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_long_body_stays_where_only_attributes_are_edited(bool toAnother)
    {
        var (engine, other) = await StartBothAsync();
        var id = await DeadLetterAsync(engine, TestEngine.Text(LongText));
        var asked = new Resubmission
        {
            Attributes = new Dictionary<string, string> { ["k"] = "v" },
            To = toAnother ? Target : null,
        };
        var arrived = (await ResubmitAsync(other, id, asked)).Value;
        other.Queue = toAnother ? Target : other.Queue;
        await SweepLaterAsync(other);
        (await other.ReadBodyAsync(arrived)).Length.ShouldBe(LongText.Length);
        (await other.FindAsync(arrived)).Attributes.ShouldBe(new Dictionary<string, string> { ["k"] = "v" });
        (await Blobs.NamesAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task One_that_somebody_holds_stays_and_one_that_is_no_dead_letter_is_not_found()
    {
        var (engine, other) = await StartBothAsync();
        var id = await DeadLetterAsync(engine, TestEngine.Text("a"));
        var held = await engine.DequeueOneAsync(source: MessageSource.DeadLetters);
        (await ResubmitAsync(other, id, Edited("b", true))).Failure.ShouldBeOfType<Failure.MessageLeased>();
        (await ResubmitAsync(engine, id, Edited("b", false))).Failure.ShouldBeOfType<Failure.MessageLeased>();
        (await engine.AckAsync(held, MessageSource.DeadLetters)).ShouldBe(SettleStatus.Ok);
        (await ResubmitAsync(other, id, Edited("b", true))).Failure.ShouldBeOfType<Failure.MessageNotFound>();
        var live = await engine.EnqueueAsync("live");
        (await ResubmitAsync(other, live, Edited("b", false))).Failure.ShouldBeOfType<Failure.MessageNotFound>();
        (
            await ResubmitAsync(other, live, new Resubmission { To = TestEngine.Name("nowhere") })
        ).Failure.ShouldBeOfType<Failure.QueueNotFound>();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_several_resubmissions_at_once_one_is_carried_out(bool toAnother)
    {
        var (engine, other) = await StartBothAsync();
        for (var round = 0; round < 5; round++)
        {
            var id = await DeadLetterAsync(engine, TestEngine.Text($"{round}"));
            var outcomes = await Task.WhenAll(
                new[] { engine, other, Start() }.Select((e, i) => ResubmitAsync(e, id, Edited($"{round} by {i}", toAnother)))
            );
            var winner = outcomes.ToList().FindIndex(o => o.Failure is null);
            winner.ShouldBeGreaterThanOrEqualTo(0);
            outcomes.Count(o => o.Failure is null).ShouldBe(1);
            outcomes.Where(o => o.Failure is not null).ShouldAllBe(o => IsTooLate(o.Failure!));
            var reader = Start();
            reader.Queue = toAnother ? Target : reader.Queue;
            var live = await reader.DequeueOneAsync();
            live.Id().ShouldBe(outcomes[winner].Value);
            live.Text().ShouldBe($"{round} by {winner}");
            await reader.AckAsync(live);
        }
    }

    private static bool IsTooLate(Failure failure) => failure is Failure.MessageNotFound or Failure.MessageLeased;
}
