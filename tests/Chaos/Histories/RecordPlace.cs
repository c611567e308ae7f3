namespace FuncQueue.Chaos.Histories;

/// <summary>Where a record is.</summary>
public sealed record RecordPlace(string Topic, int Partition, long Offset)
{
    public override string ToString() => $"{Topic}/{Partition}/{Offset}";
}
