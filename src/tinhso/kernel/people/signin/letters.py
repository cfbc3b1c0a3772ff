"""What is sent to people about their account, and what pages say after an act, in both languages.

By the name of django-allauth's template, which stands for the occasion.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tinhso.measure.text import Text


@dataclass(frozen=True)
class Letter:
    """A mail: its subject and what it says, with places for the occasion's facts."""

    subject: Text
    body: Text


GREETING = Text("Kính gửi {name},", "Dear {name},")

#: Under every notice of a change.
NOT_YOU = Text(
    "Nếu bạn không làm việc này: đổi ngay mật khẩu tại {reset} và báo cho người quản trị.\n\n"
    "Lúc {when}, từ địa chỉ mạng {ip}.",
    "If this was not you: change your password now at {reset} and tell your administrator.\n\n"
    "At {when}, from network address {ip}.",
)

FOOT = Text(
    "Thư này do Tỉnh Số gửi tự động. Chúng tôi không bao giờ hỏi mật khẩu hay mã xác thực của bạn.",
    "Sent by Tỉnh Số automatically. We never ask for your password or codes.",
)

#: The reader asked for these: they carry a link.
REQUESTED: Mapping[str, Letter] = {
    "account/email/password_reset_key": Letter(
        Text("Đặt lại mật khẩu", "Reset your password"),
        Text(
            "Có người, có lẽ là bạn, xin đặt lại mật khẩu của tài khoản {username}. Mở địa chỉ này để đặt mật khẩu mới:\n\n"
            "{password_reset_url}\n\nĐịa chỉ dùng được một lần, trong ba ngày. Nếu không phải bạn xin: bỏ qua thư này, mật khẩu vẫn như cũ.",
            "Somebody, probably you, asked to reset the password of the account {username}. Open this address to set a new one:\n\n"
            "{password_reset_url}\n\nIt works once, for three days. If it was not you: ignore this mail, your password stays as it is.",
        ),
    ),
    "account/email/unknown_account": Letter(
        Text("Không có tài khoản với địa chỉ này", "No account has this address"),
        Text(
            "Có người, có lẽ là bạn, xin đặt lại mật khẩu cho địa chỉ {email}, nhưng không có tài khoản nào dùng địa chỉ này. "
            "Thử địa chỉ công vụ khác của bạn, hoặc hỏi người quản trị của đơn vị. Nếu không phải bạn xin: bỏ qua thư này.",
            "Somebody, probably you, asked to reset the password for the address {email}, but no account uses this address. "
            "Try another office address of yours, or ask your unit's administrator. If it was not you: ignore this mail.",
        ),
    ),
    "account/email/email_confirmation": Letter(
        Text("Xác nhận địa chỉ thư điện tử", "Confirm your e-mail address"),
        Text(
            "Tài khoản {username} muốn dùng địa chỉ thư điện tử này. Mở địa chỉ dưới đây và xác nhận:\n\n{activate_url}\n\n"
            "Nếu không phải bạn: bỏ qua thư này, không có gì thay đổi.",
            "The account {username} wants to use this e-mail address. Open the address below and confirm:\n\n{activate_url}\n\n"
            "If it was not you: ignore this mail, nothing changes.",
        ),
    ),
}

#: Told after something was changed.
NOTICES: Mapping[str, Letter] = {
    "account/email/password_changed": Letter(
        Text("Mật khẩu đã được đổi", "Your password was changed"),
        Text(
            "Mật khẩu của tài khoản {username} vừa được đổi. Các phiên khác đã kết thúc.",
            "The password of the account {username} was changed. Its other sessions have ended.",
        ),
    ),
    "account/email/password_set": Letter(
        Text("Mật khẩu đã được đặt", "A password was set"),
        Text(
            "Tài khoản {username} vừa được đặt mật khẩu.",
            "A password was set for the account {username}.",
        ),
    ),
    "account/email/password_reset": Letter(
        Text("Mật khẩu đã được đặt lại", "Your password was reset"),
        Text(
            "Mật khẩu của tài khoản {username} vừa được đặt lại qua thư. Mọi phiên đã kết thúc.",
            "The password of the account {username} was reset by mail. All its sessions have ended.",
        ),
    ),
    "account/email/email_changed": Letter(
        Text("Địa chỉ thư điện tử đã được đổi", "Your e-mail address was changed"),
        Text(
            "Tài khoản {username} nay dùng địa chỉ {to_email} thay cho {from_email}.",
            "The account {username} now uses the address {to_email} instead of {from_email}.",
        ),
    ),
    "mfa/email/totp_activated": Letter(
        Text("Đã thêm ứng dụng xác thực", "An authenticator app was added"),
        Text(
            "Tài khoản {username} nay đăng nhập bằng mật khẩu và mã của ứng dụng xác thực.",
            "The account {username} now signs in with its password and an authenticator app's code.",
        ),
    ),
    "mfa/email/totp_deactivated": Letter(
        Text("Đã gỡ ứng dụng xác thực", "The authenticator app was removed"),
        Text(
            "Ứng dụng xác thực của tài khoản {username} vừa bị gỡ.",
            "The authenticator app of the account {username} was removed.",
        ),
    ),
    "mfa/email/webauthn_added": Letter(
        Text("Đã thêm khóa đăng nhập", "A passkey was added"),
        Text(
            "Tài khoản {username} vừa có thêm một khóa đăng nhập.",
            "A passkey was added to the account {username}.",
        ),
    ),
    "mfa/email/webauthn_removed": Letter(
        Text("Đã gỡ khóa đăng nhập", "A passkey was removed"),
        Text(
            "Một khóa đăng nhập của tài khoản {username} vừa bị gỡ.",
            "A passkey of the account {username} was removed.",
        ),
    ),
    "mfa/email/recovery_codes_generated": Letter(
        Text("Đã tạo mã khôi phục mới", "New recovery codes were made"),
        Text(
            "Tài khoản {username} vừa có mã khôi phục mới; các mã cũ không còn dùng được.",
            "New recovery codes were made for the account {username}; the old ones no longer work.",
        ),
    ),
    "socialaccount/email/account_connected": Letter(
        Text("Đã liên kết định danh điện tử", "An electronic identity was linked"),
        Text(
            "Tài khoản {username} nay đăng nhập được bằng {identity}.",
            "The account {username} can now be signed in to with {identity}.",
        ),
    ),
    "socialaccount/email/account_disconnected": Letter(
        Text("Đã bỏ liên kết định danh điện tử", "An electronic identity was unlinked"),
        Text(
            "Tài khoản {username} không còn đăng nhập bằng {identity}.",
            "The account {username} can no longer be signed in to with {identity}.",
        ),
    ),
    "people/factor_reset": Letter(
        Text("Lớp xác thực thứ hai đã được đặt lại", "Your second factor was reset"),
        Text(
            "Người quản trị vừa gỡ mọi lớp xác thực thứ hai của tài khoản {username}. Lý do: {reason}\n\n"
            "Mọi phiên đã kết thúc. Lần đăng nhập tới, hãy thiết lập lại lớp xác thực thứ hai.",
            "An administrator has removed every second factor of the account {username}. Reason: {reason}\n\n"
            "All its sessions have ended. When you next sign in, set up a second factor again.",
        ),
    ),
}

#: Said on the next page. What is not here is not said.
NOTES: Mapping[str, Text] = {
    "account/messages/logged_out.txt": Text("Bạn đã đăng xuất.", "You have signed out."),
    "account/messages/password_changed.txt": Text(
        "Đã đổi mật khẩu. Các phiên khác đã kết thúc.",
        "Password changed. Other sessions have ended.",
    ),
    "account/messages/password_set.txt": Text("Đã đặt mật khẩu.", "Password set."),
    "account/messages/email_confirmation_sent.txt": Text(
        "Đã gửi thư xác nhận tới {email}. Mở thư và bấm vào địa chỉ trong đó; tới lúc ấy địa chỉ cũ vẫn dùng.",
        "A mail to confirm was sent to {email}. Open the address in it; until then the old address stays.",
    ),
    "account/messages/email_confirmed.txt": Text("Đã xác nhận {email}.", "{email} is confirmed."),
    "account/messages/email_confirmation_failed.txt": Text(
        "Không xác nhận được {email}: địa chỉ này thuộc một tài khoản khác.",
        "{email} cannot be confirmed: the address belongs to another account.",
    ),
    "account/messages/email_deleted.txt": Text("Đã bỏ {email}.", "{email} was removed."),
    "account/messages/cannot_delete_primary_email.txt": Text(
        "Không bỏ được địa chỉ đang dùng {email}: hãy đổi sang địa chỉ khác.",
        "The address in use, {email}, cannot be removed: change it to another.",
    ),
    "mfa/messages/totp_activated.txt": Text(
        "Đã thêm ứng dụng xác thực. Các phiên khác đã kết thúc.",
        "Authenticator app added. Other sessions have ended.",
    ),
    "mfa/messages/totp_deactivated.txt": Text(
        "Đã gỡ ứng dụng xác thực.", "Authenticator app removed."
    ),
    "mfa/messages/webauthn_added.txt": Text(
        "Đã thêm khóa đăng nhập. Các phiên khác đã kết thúc.",
        "Passkey added. Other sessions have ended.",
    ),
    "mfa/messages/webauthn_removed.txt": Text("Đã gỡ khóa đăng nhập.", "Passkey removed."),
    "socialaccount/messages/account_connected.txt": Text(
        "Đã liên kết định danh điện tử.", "Electronic identity linked."
    ),
    "socialaccount/messages/account_connected_updated.txt": Text(
        "Định danh điện tử này đã liên kết với tài khoản của bạn từ trước.",
        "This electronic identity was linked to your account already.",
    ),
    "socialaccount/messages/account_connected_other.txt": Text(
        "Không liên kết được: định danh điện tử này đang thuộc một tài khoản khác.",
        "Not linked: this electronic identity belongs to another account.",
    ),
    "socialaccount/messages/account_disconnected.txt": Text(
        "Đã bỏ liên kết định danh điện tử.", "Electronic identity unlinked."
    ),
}
