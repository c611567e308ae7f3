namespace FuncQueue.Client;

/// <summary>A group of a FIFO queue.</summary>
/// <param name="GroupId">Its id.</param>
/// <param name="Messages">Its backlog.</param>
/// <param name="Leased">Whether a receiver has messages of it.</param>
/// <param name="OldestMessageAgeSeconds">The age of its first message.</param>
public sealed record MessageGroup(string GroupId, long Messages, bool Leased, long OldestMessageAgeSeconds);
