namespace FuncQueue.Engine.Storage;

/// <summary>A row that this version of FuncQueue cannot read; it must be left untouched.</summary>
public sealed class UnsupportedFormatException(string message) : Exception(message);
