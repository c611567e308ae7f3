using FuncQueue.Engine.Tests.Support;

namespace FuncQueue.Engine.Tests.Pure;

/// <summary>The ranges of what may be asked for: each bound exactly, and all faults at once.</summary>
public sealed class RequestRulesTests
{
    private static readonly QueueName Queue = TestEngine.Name("q");

    public static TheoryData<string, long, long> SettingRanges =>
        new()
        {
            { "visibilityTimeoutSeconds", 0, 43_200 },
            { "maxDeliveryCount", 1, 1000 },
            { "messageTtlSeconds", 1, 31_536_000 },
            { "delaySeconds", 0, 31_536_000 },
            { "deduplicationWindowSeconds", 1, 604_800 },
            { "shards", 1, 32 },
            { "deadLetterTtlSeconds", 1, 31_536_000 },
        };

    [Theory]
    [MemberData(nameof(SettingRanges))]
    public void Settings_are_allowed_up_to_their_bounds_and_not_beyond(string field, long least, long most)
    {
        RequestRules.Check(Queue, With(field, least)).ShouldBeEmpty();
        RequestRules.Check(Queue, With(field, most)).ShouldBeEmpty();
        RequestRules.Check(Queue, With(field, least - 1)).ShouldHaveSingleItem().Field.ShouldBe(field);
        RequestRules.Check(Queue, With(field, most + 1)).ShouldHaveSingleItem().Field.ShouldBe(field);
    }

    [Fact]
    public void Without_a_limit_is_allowed_where_the_api_says_so() =>
        RequestRules
            .Check(
                Queue,
                new QueueSettings
                {
                    MaxDeliveryCount = null,
                    MessageTimeToLive = null,
                    DeadLetterTimeToLive = null,
                }
            )
            .ShouldBeEmpty();

    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(5, 5, null)]
    [InlineData(0, 43_200, null)]
    [InlineData(6, 5, "retryBackoff.maxSeconds")]
    [InlineData(0, 43_201, "retryBackoff.maxSeconds")]
    [InlineData(-1, 5, "retryBackoff.initialSeconds")]
    public void The_retry_backoff_rises_within_its_bounds(int initial, int max, string? fault)
    {
        var settings = new QueueSettings
        {
            RetryBackoff = new RetryBackoff { Initial = TimeSpan.FromSeconds(initial), Max = TimeSpan.FromSeconds(max) },
        };
        Fields(RequestRules.Check(Queue, settings)).ShouldBe(fault is null ? [] : [fault]);
    }

    [Fact]
    public void Only_a_fifo_queue_may_have_the_suffix() =>
        Fields(RequestRules.Check(TestEngine.Name("q.fifo"), new QueueSettings())).ShouldBe(["queue"]);

    [Fact]
    public void Tags_are_bounded_in_number_and_length()
    {
        RequestRules
            .Check(
                Queue,
                new QueueSettings { Tags = Enumerable.Range(0, 50).ToDictionary(i => $"{i}".PadLeft(128), _ => new string('v', 256)) }
            )
            .ShouldBeEmpty();
        Fields(RequestRules.Check(Queue, new QueueSettings { Tags = Enumerable.Range(0, 51).ToDictionary(i => $"{i}", _ => "") }))
            .ShouldBe(["tags"]);
        foreach (var (name, value) in new[] { ("", "v"), (new string('n', 129), "v"), ("n", new string('v', 257)) })
            Fields(RequestRules.Check(Queue, new QueueSettings { Tags = new Dictionary<string, string> { [name] = value } }))
                .ShouldBe([$"tags.{name}"]);
    }

    [Fact]
    public void All_faults_of_a_message_are_listed_under_its_place()
    {
        var message = TestEngine.Text("a") with
        {
            Delay = TimeSpan.FromSeconds(-1),
            EnqueueAt = Any.Epoch,
            TimeToLive = TimeSpan.FromMilliseconds(999),
            Priority = 10,
            GroupId = "",
            ContentType = "a\r\nb",
            Attributes = Enumerable.Range(0, 33).ToDictionary(i => $"{i}", _ => "v"),
        };
        Fields(RequestRules.Check(message, "messages[3]."))
            .ShouldBe(
                [
                    "messages[3].delaySeconds",
                    "messages[3].enqueueAt",
                    "messages[3].ttlSeconds",
                    "messages[3].priority",
                    "messages[3].groupId",
                    "messages[3].contentType",
                    "messages[3].attributes",
                ],
                ignoreOrder: true
            );
    }

    [Fact]
    public void A_message_is_allowed_up_to_its_bounds()
    {
        var message = TestEngine.Text("a") with
        {
            Delay = Limits.MaxDelay,
            TimeToLive = Limits.MinTimeToLive,
            Priority = Limits.MaxPriority,
            GroupId = new string('g', Limits.MaxIdLength),
            ContentType = new string('c', Limits.MaxContentTypeLength),
            Attributes = Enumerable.Range(0, Limits.MaxAttributes).ToDictionary(i => $"{i:d4}", _ => new string('é', 510)),
        };
        RequestRules.Check(message, "").ShouldBeEmpty();
        RequestRules.Check(message with { Delay = Limits.MaxDelay + TimeSpan.FromSeconds(1) }, "").ShouldHaveSingleItem();
        RequestRules.Check(message with { TimeToLive = Limits.MaxTimeToLive + TimeSpan.FromSeconds(1) }, "").ShouldHaveSingleItem();
        RequestRules.Check(message with { Priority = -1 }, "").ShouldHaveSingleItem();
        RequestRules.Check(message with { GroupId = new string('g', Limits.MaxIdLength + 1) }, "").ShouldHaveSingleItem();
        RequestRules.Check(message with { ContentType = new string('c', Limits.MaxContentTypeLength + 1) }, "").ShouldHaveSingleItem();
        foreach (var notForAHeader in new[] { "text/ä", "text/plain\t", "text/\u007f", "text/😀" })
            Fields(RequestRules.Check(message with { ContentType = notForAHeader }, "")).ShouldBe(["contentType"]);
        var scheduled = message with { Delay = null, EnqueueAt = Limits.EndOfSchedule - TimeSpan.FromTicks(1) };
        RequestRules.Check(scheduled, "").ShouldBeEmpty();
        Fields(RequestRules.Check(scheduled with { EnqueueAt = Limits.EndOfSchedule }, "")).ShouldBe(["enqueueAt"]);
    }

    [Theory]
    [InlineData(32 * 1024, true)]
    [InlineData((32 * 1024) + 1, false)]
    public void Attributes_are_bounded_in_bytes_of_names_and_values_together(int bytes, bool allowed)
    {
        var attributes = new Dictionary<string, string> { ["née"] = new('x', bytes - 4) };
        RequestRules.Check(TestEngine.Text("a") with { Attributes = attributes }, "").Count.ShouldBe(allowed ? 0 : 1);
    }

    [Fact]
    public void An_attribute_has_a_name() =>
        Fields(RequestRules.Check(TestEngine.Text("a") with { Attributes = new Dictionary<string, string> { [""] = "v" } }, ""))
            .ShouldBe(["attributes"]);

    [Theory]
    [InlineData(1, 0, 0, null)]
    [InlineData(100, 20, 43_200, null)]
    [InlineData(0, 0, 0, "maxMessages")]
    [InlineData(101, 0, 0, "maxMessages")]
    [InlineData(1, 21, 0, "waitSeconds")]
    [InlineData(1, -1, 0, "waitSeconds")]
    [InlineData(1, 0, -1, "visibilityTimeoutSeconds")]
    [InlineData(1, 0, 43_201, "visibilityTimeoutSeconds")]
    public void A_dequeue_is_bounded(int max, int wait, int visibility, string? fault) =>
        Fields(
                RequestRules.Check(
                    new DequeueRequest
                    {
                        MaxMessages = max,
                        Wait = TimeSpan.FromSeconds(wait),
                        VisibilityTimeout = TimeSpan.FromSeconds(visibility),
                    }
                )
            )
            .ShouldBe(fault is null ? [] : [fault]);

    [Fact]
    public void A_settlement_is_bounded()
    {
        RequestRules.Check(new Settlement.Ack()).ShouldBeEmpty();
        RequestRules.Check(new Settlement.Nack(Limits.MaxDelay, new string('r', Limits.MaxReasonLength))).ShouldBeEmpty();
        Fields(RequestRules.Check(new Settlement.Nack(TimeSpan.FromSeconds(-1), ""))).ShouldBe(["delaySeconds", "reason"]);
        RequestRules.Check(new Settlement.Extend(null)).ShouldBeEmpty();
        RequestRules.Check(new Settlement.Extend(TimeSpan.Zero)).ShouldBeEmpty();
        Fields(RequestRules.Check(new Settlement.Extend(Limits.MaxVisibilityTimeout + TimeSpan.FromSeconds(1))))
            .ShouldBe(["visibilityTimeoutSeconds"]);
        Fields(RequestRules.Check(new Settlement.DeadLetter(new string('r', Limits.MaxReasonLength + 1)))).ShouldBe(["reason"]);
    }

    private static IEnumerable<string> Fields(IReadOnlyList<Fault> faults) => faults.Select(f => f.Field);

    private static QueueSettings With(string field, long value)
    {
        var seconds = TimeSpan.FromSeconds(value);
        var settings = new QueueSettings();
        return field switch
        {
            "visibilityTimeoutSeconds" => settings with { VisibilityTimeout = seconds },
            "maxDeliveryCount" => settings with { MaxDeliveryCount = (int)value },
            "messageTtlSeconds" => settings with { MessageTimeToLive = seconds },
            "delaySeconds" => settings with { Delay = seconds },
            "deduplicationWindowSeconds" => settings with { DeduplicationWindow = seconds },
            "shards" => settings with { Shards = (int)value },
            "deadLetterTtlSeconds" => settings with { DeadLetterTimeToLive = seconds },
            _ => throw new ArgumentOutOfRangeException(nameof(field)),
        };
    }
}
