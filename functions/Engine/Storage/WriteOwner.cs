namespace FuncQueue.Engine.Storage;

/// <summary>
/// Whom an operation of a transaction belongs to, and so whom a conflict over it concerns: new messages, a row that changes, the end of an
/// upload, a deduplication key, a shard's head, a group's lock, a mark, or a row of somebody else that is the condition for the others.
/// </summary>
internal abstract class WriteOwner;
