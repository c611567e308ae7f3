namespace FuncQueue.LocalHost;

/// <summary>Something the user must put right before the functions can start; the message is one line for them.</summary>
public sealed class StartUpException(string message) : Exception(message);
