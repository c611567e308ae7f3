using Azure;

namespace FuncQueue.Engine.Topics.Groups;

/// <summary>Who reads for a group.</summary>
/// <param name="Until">When it counts as gone, unless it reads again; not before its leases end.</param>
/// <param name="Write">The random id of the transaction that wrote this.</param>
internal sealed record GroupMember(QueueName Name, DateTimeOffset Until, Guid Write, ETag ETag);

/// <summary>That the group is there; replaced whenever somebody joins or goes, so that those are counted right.</summary>
/// <param name="Id">Random: tells a group from a later one of its name.</param>
/// <param name="Changes">Of its members.</param>
/// <param name="Write">The random id of the transaction that wrote this.</param>
internal sealed record GroupHead(Guid Id, DateTimeOffset CreatedAt, long Changes, Guid Write, ETag ETag);
