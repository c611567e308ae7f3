using System.Text;

namespace FuncQueue.Engine.Tests.Support;

public static class DeliveredMessageExtensions
{
    /// <summary>The body, which must not be a payload, as text.</summary>
    public static string Text(this StoredMessage message) => Encoding.UTF8.GetString(message.Body.ShouldNotBeNull().Span);

    public static string Text(this DeliveredMessage delivered) => delivered.Message.Text();

    public static MessageId Id(this DeliveredMessage delivered) => delivered.Message.MessageId;
}
