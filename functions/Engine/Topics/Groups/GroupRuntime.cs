using FuncQueue.Engine.Topics.Calls;

namespace FuncQueue.Engine.Topics.Groups;

/// <summary>A group of one generation of a topic, in this process.</summary>
internal sealed class GroupRuntime(TopicRuntime topic, QueueName name, GroupLoop loop, GroupTokens tokens)
{
    private int turn;

    public TopicRuntime Topic => topic;

    public QueueName Name => name;

    public GroupLoop Loop => loop;

    public GroupTokens Tokens => tokens;

    /// <summary>When it was last used, as a timestamp.</summary>
    public long UsedAt { get; set; }

    /// <summary>Which partition comes first this time, lest one keeps the others waiting.</summary>
    public int NextTurn() => Interlocked.Increment(ref turn) & int.MaxValue;
}
