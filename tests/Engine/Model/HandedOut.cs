namespace FuncQueue.Engine.Tests.Model;

/// <summary>A message with the receipt that it was once handed out with.</summary>
internal sealed record HandedOut(QueueModel Queue, int Number, MessageSource Source, MessageId Id, string Receipt)
{
    public MessageModel Message => Queue.Find(Id)!;

    public bool IsGood => Message is { IsGone: false } message && message.Receipt == Receipt;
}
