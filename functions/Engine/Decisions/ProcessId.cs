namespace FuncQueue.Engine.Decisions;

/// <summary>
/// One run of a process, drawn by chance when it starts: it gives leases and writes marks. Rows do not name it but the
/// <see cref="Storage.WriterId"/> of the sequence that made their keys.
/// </summary>
internal readonly record struct ProcessId(uint Value);
