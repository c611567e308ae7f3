namespace FuncQueue.Client.Json;

/// <summary>What a read by a member of a group is answered.</summary>
internal sealed class WireGroupRead
{
    public List<TopicRecord> Records { get; set; } = [];
    public List<WireGroupToken> Tokens { get; set; } = [];
    public List<int> Assigned { get; set; } = [];
    public List<int> Wanted { get; set; } = [];
    public List<WireSettled> Committed { get; set; } = [];
    public List<WireSettled>? After { get; set; }
    public List<SkippedRecords>? Skipped { get; set; }
}

internal sealed class WireGroupToken
{
    public int Partition { get; set; }
    public long NextOffset { get; set; }
    public string Token { get; set; } = "";
}

internal sealed class WireTopicGroups
{
    public List<TopicGroup> Groups { get; set; } = [];
}
