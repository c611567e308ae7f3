using FuncQueue.Chaos.Checking;
using FuncQueue.Chaos.Histories;

namespace FuncQueue.Chaos.Tests;

/// <summary>
/// Tells the history of a topic <c>t</c> of one partition in a few words; instants are seconds. Queue <c>a</c> takes everything; of
/// <c>b</c> and <c>c</c> each takes one of two colours, until they are swapped, and <c>rest</c> what is left.
/// </summary>
internal sealed class TopicStory
{
    private readonly Recorder recorder = new();
    private readonly List<RouteChange> swaps = [Routes(0, 0, "red", "blue")];
    private readonly List<string> queues = ["a", "b", "c", "rest"];
    private long position;

    public int Replays { get; set; }

    /// <summary>Whether the topic's first records may have been removed.</summary>
    public bool IsRetained { get; init; }

    public TopicStory Publish(
        string key,
        long? offset,
        double at = 1,
        string colour = "red",
        Ending ending = Ending.Ok,
        string? orderKey = null,
        int matched = 2
    )
    {
        recorder.Add(
            new Published
            {
                Topic = "t",
                Key = key,
                Digest = "as sent",
                Colour = colour,
                OrderKey = orderKey,
                Position = ++position,
                Began = Story.At(at),
                Ended = Story.At(at + 0.1),
                Ending = ending,
                Place = ending == Ending.Ok && offset is { } there ? At(there) : null,
                Matched = ending == Ending.Ok ? matched : null,
            }
        );
        return this;
    }

    public TopicStory Read(string key, long offset, bool isLast = true, string? digest = "as sent")
    {
        recorder.Add(new SeenRecord(At(offset), key, digest, isLast));
        return this;
    }

    /// <summary>Publishes, and finds the record in the end.</summary>
    public TopicStory Store(string key, long offset, double at = 1, string colour = "red", string? orderKey = null) =>
        Publish(key, offset, at, colour, orderKey: orderKey, matched: colour == "grey" ? 1 : 2).Read(key, offset);

    /// <summary>The dead letters of a queue are made live again.</summary>
    public TopicStory Redrive(string queue)
    {
        recorder.Add(
            new Revival
            {
                Queue = queue,
                To = queue,
                Began = Story.At(40),
                Ended = Story.At(41),
                Ending = Ending.Ok,
            }
        );
        return this;
    }

    /// <summary>A record is delivered as a message of a queue, for good or not.</summary>
    public TopicStory Deliver(
        string queue,
        string key,
        long offset,
        string? id = null,
        string? original = null,
        long? number = null,
        bool forGood = true
    )
    {
        recorder.Add(
            new Received
            {
                Queue = queue,
                Process = 0,
                Began = Story.At(50),
                Ended = Story.At(50),
                Ending = Ending.Ok,
                MaxMessages = 1,
                Delete = forGood,
                Deliveries =
                [
                    Story.Delivery(key, 50, 60, number is null ? null : "g") with
                    {
                        MessageId = id ?? $"{queue}-{key}",
                        OriginalMessageId = original,
                        Source = At(offset),
                        SequenceNumber = number,
                    },
                ],
            }
        );
        return this;
    }

    public TopicStory Swap(double began, double ended)
    {
        var wasRed = swaps[^1].Of("red")[0] == "b";
        swaps.Add(Routes(began, ended, wasRed ? "blue" : "red", wasRed ? "red" : "blue"));
        return this;
    }

    /// <summary>Another topic takes everything from this one, and in the end has these.</summary>
    public TopicStory Derive(string topic, params IEnumerable<(string Key, long Offset)> records)
    {
        recorder.Add(new TopicRules(topic, Source: "t"));
        foreach (var (key, offset) in records)
            recorder.Add(new SeenRecord(new RecordPlace(topic, 0, offset), key, "as sent", IsLast: true));
        return this;
    }

    public TopicStory Delete(string queue, double began, double ended)
    {
        recorder.Add(new Deletion(queue, Story.At(began), Story.At(ended)));
        return this;
    }

    /// <summary>The rules that the story breaks, each once.</summary>
    public IReadOnlyList<Rule> Broken()
    {
        recorder.Add(new TopicRules("t", IsRetained: IsRetained));
        recorder.Add(
            new RoutePart
            {
                Topic = "t",
                Queues = ["a"],
                Changes = [new(Story.At(0), Story.At(0), new[] { "red", "blue", "grey" }.ToDictionary(c => c, _ => new[] { "a" }))],
                Replays = Replays,
            }
        );
        recorder.Add(
            new RoutePart
            {
                Topic = "t",
                Queues = ["b", "c", "rest"],
                Changes = swaps,
                AlternateQueue = "rest",
            }
        );
        var rules = queues.ConvertAll(q => new QueueRules(q, null, IsFifo: q == "b", IsFed: true));
        return [.. Checker.Check(recorder.ToHistory(rules, [])).Violations.Select(v => v.Rule).Distinct()];
    }

    private static RecordPlace At(long offset) => new("t", 0, offset);

    private static RouteChange Routes(double began, double ended, string b, string c) =>
        new(
            Story.At(began),
            Story.At(ended),
            new Dictionary<string, string[]>
            {
                [b] = ["b"],
                [c] = ["c"],
                ["grey"] = ["rest"],
            }
        );
}
